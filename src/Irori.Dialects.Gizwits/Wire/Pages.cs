using Irori.Core;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>A page of a list.</summary>
internal sealed record PageRequest
{
    /// <summary>Most entries, 1 to 1000; left out: 20.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }
}

/// <summary>Pages as the vendor counts them (Gizwits Open API, paging).</summary>
internal static class Pages
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 1_000;

    /// <summary>How many to pass over and how many to show.</summary>
    public static Result<(int Skip, int Limit)> Read(int? limit, int? skip)
    {
        if (limit is < 1 or > MaxLimit) return Fault.Invalid("limit", $"limit is 1 to {MaxLimit}");
        return skip < 0 ? Fault.Invalid("skip", "skip is not negative") : (skip ?? 0, limit ?? DefaultLimit);
    }
}
