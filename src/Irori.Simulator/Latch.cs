namespace Irori.Simulator;

/// <summary>A condition that holds or not, and can be waited for.</summary>
internal sealed class Latch
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _held = New();

    public bool IsSet => Volatile.Read(ref _held).Task.IsCompleted;

    public void Set()
    {
        lock (_lock) _held.TrySetResult();
    }

    public void Reset()
    {
        lock (_lock)
        {
            if (_held.Task.IsCompleted) _held = New();
        }
    }

    public Task WaitAsync(CancellationToken cancel) => Volatile.Read(ref _held).Task.WaitAsync(cancel);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
