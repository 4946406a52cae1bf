using System.Threading.Channels;

namespace Irori.Core.Schedules;

/// <summary>Wakes this node's runner when something was added that is due at once; what others have added it finds by looking.</summary>
public sealed class RunSignal
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something is due.</summary>
    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Waits until something is, or for so long.</summary>
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
