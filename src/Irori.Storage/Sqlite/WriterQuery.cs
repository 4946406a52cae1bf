using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>A question to the writer's own connection.</summary>
internal sealed class WriterQuery(Func<SqliteConnection, IReadOnlyDictionary<string, string>> query) : WriteItem
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, string>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, string>? _answer;

    public Task<IReadOnlyDictionary<string, string>> Done => _done.Task;

    public override bool Run(SqliteWriter writer)
    {
        _answer = query(writer.Connection);
        return true;
    }

    public override void Complete() => _done.TrySetResult(_answer!);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
