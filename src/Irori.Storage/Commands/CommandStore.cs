using Irori.Core.Commands;
using Irori.Storage.Sql;

namespace Irori.Storage.Commands;

internal sealed class CommandStore(SqlSession session) : ICommandStore
{
    public Task<IReadOnlyList<CommandRecord>> ListAsync(long device, int limit) => session.ListAsync<CommandRecord>(
        """
        SELECT id, device, account, app, source, ip, body, created, deadline, sent_at, outcome, outcome_at, answer
        FROM commands WHERE device = @device ORDER BY created DESC, id LIMIT @limit
        """,
        new { device, limit });
}
