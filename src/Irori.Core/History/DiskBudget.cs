namespace Irori.Core.History;

/// <summary>What was appended to a table within a day.</summary>
public sealed class TableGrowth
{
    /// <summary>The table: points, frames, presence or commands.</summary>
    public required string Name { get; init; }

    /// <summary>Days that its rows are kept.</summary>
    public required int Days { get; init; }

    /// <summary>Rows of the day.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes that they take on the disk, indexes included, as estimated from their contents.</summary>
    public required long Bytes { get; init; }
}

/// <summary>How long a disk lasts when every day is like the last one.</summary>
public static class DiskBudget
{
    /// <summary>
    /// Days until so many bytes are used up, or null when they never are. A table grows by its bytes a day until its oldest row reaches its
    /// retention, which is after (retention - age of the installation) days; from then on as much goes as comes.
    /// </summary>
    public static double? FullInDays(IReadOnlyList<TableGrowth> tables, double ageDays, long usable)
    {
        if (usable <= 0) return 0;
        var growing = tables.Where(t => t.Bytes > 0 && t.Days > ageDays).OrderBy(t => t.Days).ToList();
        var (day, left) = (0.0, (double)usable);
        while (growing.Count > 0)
        {
            var perDay = growing.Sum(t => (double)t.Bytes);
            var until = growing[0].Days - ageDays;
            if (perDay * (until - day) >= left) return day + (left / perDay);
            left -= perDay * (until - day);
            day = until;
            growing.RemoveAll(t => t.Days - ageDays <= day);
        }

        return null;
    }
}
