using Irori.Core.Messages;
using Irori.Storage.Sql;

namespace Irori.Storage.Messages;

internal sealed class MessageStore(SqlSession session) : IMessageStore
{
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
        SELECT id, account, home, device, kind, data, at FROM messages
        WHERE account = @account AND at < @before AND (home IS NULL OR home = @home) ORDER BY at DESC LIMIT @limit
        """,
        new { account, home, before, limit });

    public Task MoveAsync(long account, long home, long? to) => session.ExecuteAsync(
        "UPDATE messages SET home = @to WHERE account = @account AND home = @home", new { account, home, to });

    public Task RemoveAllAsync(long account) => session.ExecuteAsync("DELETE FROM messages WHERE account = @account", new { account });

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM messages WHERE no IN (SELECT no FROM messages WHERE at < @before ORDER BY at LIMIT @limit)", new { before, limit });
}
