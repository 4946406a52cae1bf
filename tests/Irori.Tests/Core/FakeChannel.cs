using System.Collections.Concurrent;
using System.Text;
using Irori.Core.Commands;
using Irori.Core.Links;

namespace Irori.Tests.Core;

/// <summary>A device's connection whose other end is the test.</summary>
internal sealed class FakeChannel : ILinkChannel
{
    private long _wireId;

    public string Protocol => "test";

    public string? Ip => "127.0.0.1";

    public bool Broken { get; init; }

    public ConcurrentQueue<long> Sent { get; } = new();

    public TaskCompletionSource<long> FirstSent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<LinkEnd> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long NewWireId() => Interlocked.Increment(ref _wireId);

    public ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId) => Encoding.UTF8.GetBytes($"{wireId} {command.Body}");

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        if (Broken) return ValueTask.FromResult(false);
        var wireId = long.Parse(Encoding.UTF8.GetString(frame.Span).Split(' ')[0]);
        Sent.Enqueue(wireId);
        FirstSent.TrySetResult(wireId);
        return ValueTask.FromResult(true);
    }

    public void Close(LinkEnd why) => Closed.TrySetResult(why);
}
