using Irori.Core.Messages;
using Irori.Storage.Sql;

namespace Irori.Storage.Messages;

internal sealed class MessageStore(SqlSession session) : IMessageStore
{
    private const string Columns = "id, account, home, device, kind, data, at, mark, changed";
    private const string Shown = "account = @account AND mark <> 'Deleted' AND kind IN (SELECT value FROM json_each(@kinds))";

    public async Task AddAsync(Message message, int keep)
    {
        await session.ExecuteAsync(
            """
            INSERT INTO messages (id, account, home, device, kind, data, at)
            SELECT @Id, @Account, @Home, @Device, @kind, @Data, CASE WHEN max(m.at) >= @At THEN max(m.at) + 1 ELSE @At END
            FROM messages m WHERE m.account = @Account
            """,
            new { message.Id, message.Account, message.Home, message.Device, kind = message.Kind.ToString(), message.Data, message.At });
        await session.ExecuteAsync(
            """
            DELETE FROM messages WHERE account = @Account AND at <=
                (SELECT at FROM messages WHERE account = @Account ORDER BY at DESC LIMIT 1 OFFSET @keep)
            """,
            new { message.Account, keep });
    }

    public Task<IReadOnlyList<Message>> ListAsync(long account, long home, DateTimeOffset before, int limit) => session.ListAsync<Message>(
        """
        SELECT id, account, home, device, kind, data, at, mark, changed FROM messages
        WHERE account = @account AND at < @before AND mark <> 'Deleted' AND (home IS NULL OR home = @home) ORDER BY at DESC LIMIT @limit
        """,
        new { account, home, before, limit });

    public Task<IReadOnlyList<Message>> ListAsync(long account, IReadOnlyCollection<MessageKind> kinds, int skip, int limit) => session.ListAsync<Message>(
        $"SELECT {Columns} FROM messages WHERE {Shown} ORDER BY at DESC LIMIT @limit OFFSET @skip", new { account, kinds = List(kinds), skip, limit });

    public Task<int> CountAsync(long account, IReadOnlyCollection<MessageKind> kinds) =>
        session.FirstAsync<int>($"SELECT count(*) FROM messages WHERE {Shown}", new { account, kinds = List(kinds) });

    public Task<Message?> FindAsync(string id) => session.FirstAsync<Message>($"SELECT {Columns} FROM messages WHERE id = @id", new { id });

    public Task MarkAsync(string id, MessageMark mark, DateTimeOffset now) =>
        session.ExecuteAsync("UPDATE messages SET mark = @mark, changed = @now WHERE id = @id", new { id, mark = mark.ToString(), now });

    private static string List(IEnumerable<MessageKind> kinds) => SqlSession.List(kinds.Select(k => k.ToString()));

    public Task MoveAsync(long account, long home, long? to) => session.ExecuteAsync(
        "UPDATE messages SET home = @to WHERE account = @account AND home = @home", new { account, home, to });

    public Task RemoveAllAsync(long account) => session.ExecuteAsync("DELETE FROM messages WHERE account = @account", new { account });

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM messages WHERE no IN (SELECT no FROM messages WHERE at < @before ORDER BY at LIMIT @limit)", new { before, limit });
}
