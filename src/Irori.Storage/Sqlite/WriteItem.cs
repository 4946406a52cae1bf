using Irori.Core;
using Irori.Core.States;
using Irori.Storage.Sql;

namespace Irori.Storage.Sqlite;

/// <summary>One change that waits for the writer. It runs inside a savepoint and is completed after the commit.</summary>
internal abstract class WriteItem
{
    /// <summary>Runs the change; false when it is to be rolled back.</summary>
    public abstract bool Run(SqliteWriter writer);

    /// <summary>The batch is durable.</summary>
    public abstract void Complete();

    /// <summary>The change, or its batch, failed.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A unit of work.</summary>
internal sealed class WorkItem<T>(Func<IStores, Task<Result<T>>> work) : WriteItem
{
    private readonly TaskCompletionSource<Result<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T> _result;

    public Task<Result<T>> Done => _done.Task;

    public override bool Run(SqliteWriter writer)
    {
        _result = Synchronous.Result(work(writer.Stores));
        return _result.IsOk;
    }

    public override void Complete() => _done.TrySetResult(_result);

    public override void Fail(Exception exception)
    {
        if (exception is UnavailableException) _done.TrySetResult(UnavailableException.Fault);
        else _done.TrySetException(exception);
    }
}

/// <summary>A change of a device's state.</summary>
internal sealed class StateItem(StateWrite write) : WriteItem
{
    private readonly TaskCompletionSource<Result<StateWritten>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StateWritten? _told;

    public Task<Result<StateWritten>> Done => _done.Task;

    public override bool Run(SqliteWriter writer)
    {
        _told = writer.States.Write(write);
        return _told.Outcome == StateOutcome.Accepted;
    }

    public override void Complete()
    {
        if (_told is { Outcome: StateOutcome.Accepted }) write.Committed?.Invoke(_told);
        _done.TrySetResult(_told!);
    }

    public override void Fail(Exception exception)
    {
        if (exception is UnavailableException) _done.TrySetResult(UnavailableException.Fault);
        else _done.TrySetException(exception);
    }
}

/// <summary>SQLite answers at once: a unit of work that is not finished when it returns has awaited something else, which would stop every writer.</summary>
internal static class Synchronous
{
    public static void Wait(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("A change awaited something other than its stores");
        task.GetAwaiter().GetResult();
    }

    public static T Result<T>(Task<T> task) => task.IsCompleted
        ? task.GetAwaiter().GetResult()
        : throw new InvalidOperationException("A unit of work awaited something other than its stores");
}
