using Irori.Storage.Sql;

namespace Irori.Storage.Homes;

/// <summary>Puts devices into homes and takes them out.</summary>
internal static class Placements
{
    /// <summary>An account has a device in a home. Its place in the home's order is another matter.</summary>
    public static async Task PutAsync(SqlSession session, long account, long home, long? room, long device)
    {
        // The binding before the placement, as who removes both does.
        await session.ExecuteAsync("UPDATE bindings SET placed = TRUE WHERE account = @account AND device = @device AND NOT placed", new { account, device });
        await session.ExecuteAsync(
            """
            INSERT INTO placements (account, item_kind, item, home, room) VALUES (@account, 'device', @device, @home, @room)
            ON CONFLICT (account, item_kind, item) DO UPDATE SET home = excluded.home, room = excluded.room
            """,
            new { account, device, home, room });
    }

    /// <summary>An account has a device in no home any more. The home's order forgets it when nobody else has it there.</summary>
    public static async Task RemoveAsync(SqlSession session, long account, long device)
    {
        await session.ExecuteAsync("UPDATE bindings SET placed = FALSE WHERE account = @account AND device = @device AND placed", new { account, device });
        await session.ExecuteAsync(
            """
            DELETE FROM ranks WHERE owner_kind = 'home' AND item_kind = 'device' AND item = @device
                AND owner IN (SELECT home FROM placements WHERE account = @account AND item_kind = 'device' AND item = @device)
                AND NOT EXISTS (SELECT 1 FROM placements l WHERE l.home = ranks.owner AND l.item_kind = 'device' AND l.item = @device AND l.account <> @account)
            """,
            new { account, device });
        await session.ExecuteAsync("DELETE FROM placements WHERE account = @account AND item_kind = 'device' AND item = @device", new { account, device });
    }
}
