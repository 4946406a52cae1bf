using Irori.Storage.Sql;

namespace Irori.Storage.Homes;

/// <summary>Takes devices out of homes.</summary>
internal static class Placements
{
    /// <summary>An account has a device in no home any more. The home's order forgets it when nobody else has it there.</summary>
    public static async Task RemoveAsync(SqlSession session, long account, long device)
    {
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
