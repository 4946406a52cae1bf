using Irori.Core.Outbox;
using Irori.Storage.Sql;

namespace Irori.Storage.Outbox;

/// <summary>What anybody wants to be told of a device, kept with its state, so that whoever writes that needs to ask nobody.</summary>
internal static class WatchSql
{
    // The state's row first: of two who change what is wished of a device, the later one sees what the other has done, and so does every writer of its state.
    public static async Task UpdateAsync(SqlSession session, long device)
    {
        await session.ExecuteAsync("UPDATE states SET watch = watch WHERE device = @device", new { device });
        await session.ExecuteAsync(
            $"""
            UPDATE states SET watch =
                (SELECT coalesce(max(wishes & 1), 0) + coalesce(max(wishes & 2), 0) + coalesce(max(wishes & 4), 0) FROM bindings WHERE device = @device)
                + CASE WHEN EXISTS (SELECT 1 FROM scene_refs r JOIN scenes c ON c.no = r.scene WHERE r.device = @device AND r.use = 'Trigger' AND c.enabled AND c.valid)
                    THEN {(int)Wishes.Rules} ELSE 0 END
            WHERE device = @device
            """,
            new { device });
    }
}
