using System.Threading.Channels;

namespace Irori.Core;

/// <summary>Wakes a worker of this node when this node has made work for it; what others have made it finds by looking.</summary>
public abstract class Signal
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is work.</summary>
    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Waits until there is, or for so long.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        try
        {
            await _signal.Reader.ReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Time to look.
        }
    }
}
