using Irori.Core;
using Irori.Core.States;
using Irori.Storage.Sql;

namespace Irori.Storage.Postgres;

/// <summary>One change that waits for its lane's next commit.</summary>
internal abstract class LaneItem
{
    /// <summary>The batch is durable.</summary>
    public abstract void Complete();

    /// <summary>The change, or its batch, failed.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A change of a device's state; written together with all others of the batch.</summary>
internal sealed class LaneState(StateWrite write) : LaneItem
{
    private readonly TaskCompletionSource<Result<StateWritten>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StateWrite Write => write;

    /// <summary>What to tell after the commit.</summary>
    public StateWritten? Told { get; set; }

    public Task<Result<StateWritten>> Done => _done.Task;

    public override void Complete()
    {
        if (Told!.Outcome == StateOutcome.Accepted) write.Committed?.Invoke(Told);
        _done.TrySetResult(Told);
    }

    public override void Fail(Exception exception)
    {
        if (exception is UnavailableException) _done.TrySetResult(UnavailableException.Fault);
        else _done.TrySetException(exception);
    }
}

/// <summary>A unit of work inside the batch's transaction, in a savepoint of its own.</summary>
internal abstract class LaneWork : LaneItem
{
    /// <summary>Runs the work; false when it is to be rolled back.</summary>
    public abstract Task<bool> RunAsync(IStores stores);
}

/// <inheritdoc cref="LaneWork"/>
internal sealed class LaneWork<T>(Func<IStores, Task<Result<T>>> work) : LaneWork
{
    private readonly TaskCompletionSource<Result<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T> _result;

    public Task<Result<T>> Done => _done.Task;

    public override async Task<bool> RunAsync(IStores stores)
    {
        _result = await work(stores);
        return _result.IsOk;
    }

    public override void Complete() => _done.TrySetResult(_result);

    public override void Fail(Exception exception)
    {
        if (exception is UnavailableException) _done.TrySetResult(UnavailableException.Fault);
        else _done.TrySetException(exception);
    }
}
