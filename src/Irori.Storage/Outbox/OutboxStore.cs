using Irori.Core.Outbox;
using Irori.Storage.Sql;

namespace Irori.Storage.Outbox;

internal sealed class OutboxStore(SqlSession session) : IOutboxStore
{
    public Task AddAsync(OutboxRow row) => session.ExecuteAsync(
        $"INSERT INTO outbox (lane, device, kind, at, account, body) VALUES ({Lane("@Device")}, @Device, @kind, @At, @Account, @Body)",
        new { row.Device, kind = row.Kind.ToString(), row.At, row.Account, row.Body });

    public Task<IReadOnlyList<int>> WaitingAsync() => session.ListAsync<int>("SELECT DISTINCT lane FROM outbox ORDER BY lane");

    public async Task<bool> ClaimAsync(int lane) => await session.FirstAsync<int>($"SELECT {session.Engine.Claim("@lane")}", new { lane }) == 1;

    public Task<IReadOnlyList<OutboxRow>> ListAsync(int lane, int limit) => session.ListAsync<OutboxRow>(
        "SELECT no, device, kind, at, account, body FROM outbox WHERE lane = @lane ORDER BY no LIMIT @limit", new { lane, limit });

    public Task RemoveAsync(IReadOnlyCollection<long> rows) => session.ExecuteAsync(
        $"DELETE FROM outbox WHERE no IN ({session.Engine.Numbers("@rows")})", new { rows = SqlSession.List(rows) });

    /// <summary>The lane of a device, as an SQL expression.</summary>
    public static string Lane(string device) => $"{device} % {IOutboxStore.Lanes}";
}
