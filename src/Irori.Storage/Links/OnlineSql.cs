using Irori.Storage.Sql;

namespace Irori.Storage.Links;

/// <summary>The one definition of online, as an SQL expression over a link <c>k</c> and the life <c>n</c> of its node.</summary>
internal static class OnlineSql
{
    /// <summary>
    /// The link is open, on a node in the same life, whose lease holds by the database's clock; and the gateway that carries it, if one does, still has
    /// the link over which it did.
    /// </summary>
    public static string Of(Engine engine) =>
        $"""
        coalesce(k.closed IS NULL AND n.lease_until > {engine.Now} AND (k.gateway IS NULL OR EXISTS
            (SELECT 1 FROM links gk WHERE gk.device = k.gateway AND gk.epoch = k.gateway_epoch AND gk.closed IS NULL)), FALSE)
        """;
}
