namespace Irori.Dialects.Gizwits.Wire;

/// <summary>Which part of a list a page is.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Limit">Most of a page.</param>
/// <param name="Skip">How many are before it.</param>
/// <param name="Previous">Relative address of the page before; null: it is the first.</param>
/// <param name="Next">Relative address of the next page; null: it is the last.</param>
internal sealed record PageMeta(int Total, int Limit, int Skip, string? Previous, string? Next)
{
    /// <summary>The part of a list at an address, which has a query besides.</summary>
    public static PageMeta Of(string path, string query, int total, int limit, int skip) => new(
        total, limit, skip,
        skip > 0 ? $"{path}?{query}&limit={limit}&skip={Math.Max(0, skip - limit)}" : null,
        skip + limit < total ? $"{path}?{query}&limit={limit}&skip={skip + limit}" : null);
}
