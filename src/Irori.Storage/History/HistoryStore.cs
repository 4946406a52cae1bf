using System.Globalization;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Storage.Sql;

namespace Irori.Storage.History;

internal sealed class HistoryStore(SqlSession session) : IHistoryStore
{
    // The rows of a device in their order; those without the property are passed over where they lie.
    public async Task<IReadOnlyList<Point>> PointsAsync(long device, string property, long from, long to, PointCursor? after, int limit)
    {
        var found = new List<Point>();
        if (await NumberAsync(device, property) is not { } number) return found;
        var first = after is { } cursor ? Math.Max(PointKey.First(from), PointKey.Of(cursor.Arrival, cursor.Seq) + 1) : PointKey.First(from);
        var end = PointKey.First(to);
        for (var left = limit; left > 0; left = limit - found.Count)
        {
            var rows = await session.ListAsync<PackedRow>(
                """
                SELECT at, times, vals FROM points WHERE device = @device AND at >= @first AND at < @end AND vals LIKE @pattern ORDER BY at LIMIT @left
                """,
                new { device, first, end, pattern = PackedPoints.Pattern(number), left });
            foreach (var row in rows)
            {
                if (PackedPoints.Find(row.Vals, number) is not { } value) continue;
                var arrival = PointKey.Arrival(row.At);
                var time = PackedPoints.Find(row.Times, number);
                found.Add(new Point { Arrival = arrival, Seq = PointKey.Seq(row.At), SourceTime = time is null ? arrival : long.Parse(time, CultureInfo.InvariantCulture), Value = value });
            }

            if (rows.Count < left) return found;
            first = rows[^1].At + 1;
        }

        return found;
    }

    // A seek for each period: only its rows are read.
    public async Task<IReadOnlyList<PeriodTotal>> TotalsAsync(long device, ProjectionPath place, IReadOnlyList<Period> periods)
    {
        if (place.Key is not null || (place.Field is { } name && (name.Contains('"', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal)))) return [];
        if (await NumberAsync(device, place.Property) is not { } number) return [];
        var rows = periods.Index().Where(p => p.Item.From < p.Item.To)
            .Select(p => $"{{\"period\":{p.Index},\"lo\":{PointKey.First(p.Item.From.ToUnixTimeMilliseconds())},\"hi\":{PointKey.First(p.Item.To.ToUnixTimeMilliseconds())}}}");
        return await session.ListAsync<PeriodTotal>(
            $"""
            SELECT CAST(n.period AS INTEGER) AS period, count(*) AS count, CAST(sum(n.value) AS DOUBLE PRECISION) AS sum, CAST(min(n.value) AS DOUBLE PRECISION) AS least,
                CAST(max(n.value) AS DOUBLE PRECISION) AS most
            FROM (
                SELECT t.period, {session.Engine.NumberAt("p.vals")} AS value
                FROM ({session.Engine.Rows("@rows", "period BIGINT", "lo BIGINT", "hi BIGINT")}) AS t CROSS JOIN points p
                WHERE p.device = @device AND p.at >= t.lo AND p.at < t.hi AND p.vals LIKE @pattern) AS n
            WHERE n.value IS NOT NULL GROUP BY n.period ORDER BY n.period
            """,
            new { device, rows = $"[{string.Join(',', rows)}]", pattern = PackedPoints.Pattern(number), path = place.Field is { } field ? $"$.\"{number}\".\"{field}\"" : $"$.\"{number}\"" });
    }

    public Task<IReadOnlyList<Frame>> FramesAsync(long device, int limit) => session.ListAsync<Frame>(
        """
        SELECT at, CASE WHEN direction = 'o' THEN 'Out' ELSE 'In' END AS direction, ip, account, app, bytes
        FROM frames WHERE device = @device ORDER BY at DESC, no DESC LIMIT @limit
        """,
        new { device, limit });

    public async Task<LogPage<Frame>> FramesAsync(long device, LogRange range) => new(
        await session.ListAsync<Frame>(
            $"""
            SELECT at, CASE WHEN direction = 'o' THEN 'Out' ELSE 'In' END AS direction, ip, account, app, bytes
            FROM frames WHERE device = @device AND at >= @From AND at < @To ORDER BY {Order(range)} LIMIT @Limit OFFSET @Skip
            """,
            new { device, range.From, range.To, range.Limit, range.Skip }),
        await session.FirstAsync<int>("SELECT count(*) FROM frames WHERE device = @device AND at >= @From AND at < @To", new { device, range.From, range.To }));

    public async Task<LogPage<PresenceRow>> PresenceAsync(long device, LogRange range) => new(
        await session.ListAsync<PresenceRow>(
            $"""
            SELECT at, kind, ip, epoch, reason FROM presence WHERE device = @device AND at >= @From AND at < @To ORDER BY {Order(range)} LIMIT @Limit OFFSET @Skip
            """,
            new { device, range.From, range.To, range.Limit, range.Skip }),
        await session.FirstAsync<int>("SELECT count(*) FROM presence WHERE device = @device AND at >= @From AND at < @To", new { device, range.From, range.To }));

    private static string Order(LogRange range) => range.NewestFirst ? "at DESC, no DESC" : "at, no";

    public Task<IReadOnlyList<OperationRecord>> OperationsAsync(long device, DateTimeOffset from, OperationRange range) => session.ListAsync<OperationRecord>(
        """
        SELECT o.no, o.at, o.account, o.body,
            (SELECT min(l.value) FROM logins l JOIN accounts a ON a.no = l.account WHERE a.id = o.account AND l.kind = 'Email' AND l.scope = '') AS email,
            (SELECT min(l.value) FROM logins l JOIN accounts a ON a.no = l.account WHERE a.id = o.account AND l.kind = 'Phone' AND l.scope = '') AS phone
        FROM operations o WHERE o.device = @device AND o.at >= @from AND o.at < @before ORDER BY o.at DESC, o.no DESC LIMIT @Limit OFFSET @Skip
        """,
        new { device, from, before = range.Before ?? DateTimeOffset.MaxValue, range.Limit, range.Skip });

    public Task<int> ClearOperationsAsync(long device, DateTimeOffset until, int limit) => session.ExecuteAsync(
        "DELETE FROM operations WHERE no IN (SELECT no FROM operations WHERE device = @device AND at <= @until LIMIT @limit)", new { device, until, limit });

    // Points are found by a seek into each device's: only the rows of the day are read, however many there are.
    public Task<IReadOnlyList<TableGrowth>> GrowthAsync(DateTimeOffset since, RetentionSettings retention) => session.ListAsync<TableGrowth>(
        $"""
        SELECT 'points' AS name, CASE WHEN c.point_days > 0 THEN c.point_days ELSE @PointDays END AS days, count(*) AS rows,
            CAST(sum({session.Engine.RowBytes.Point} + length(p.vals) + coalesce(length(p.times), 0)) AS BIGINT) AS bytes
        FROM devices d CROSS JOIN products c CROSS JOIN points p
        WHERE c.no = d.product AND p.device = d.no AND p.at >= @firstPoint
        GROUP BY CASE WHEN c.point_days > 0 THEN c.point_days ELSE @PointDays END
        UNION ALL SELECT 'frames', @FrameDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Frame} + length(bytes)), 0) AS BIGINT) FROM frames WHERE at >= @since
        UNION ALL SELECT 'presence', @PresenceDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Presence} + length(reason)), 0) AS BIGINT) FROM presence WHERE at >= @since
        UNION ALL SELECT 'commands', @CommandDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Command} + length(body)), 0) AS BIGINT) FROM commands WHERE created >= @since
        """,
        new { since, firstPoint = PointKey.First(since.ToUnixTimeMilliseconds()), retention.PointDays, retention.FrameDays, retention.PresenceDays, retention.CommandDays });

    // A few devices at a time, in their order: where nothing is due, that is one seek for each.
    public async Task<PurgedPoints> PurgePointsAsync(DateTimeOffset now, int defaultDays, long after, int limit)
    {
        var last = await session.FirstAsync<long?>("SELECT max(no) FROM (SELECT no FROM devices WHERE no > @after ORDER BY no LIMIT @limit) AS few", new { after, limit });
        if (last is null) return new PurgedPoints(0, null);
        var rows = await session.ExecuteAsync(
            $"""
            DELETE FROM points WHERE (device, at) IN (
                SELECT p.device, p.at FROM devices d CROSS JOIN products c CROSS JOIN points p
                WHERE d.no > @after AND d.no <= @last AND c.no = d.product AND p.device = d.no
                    AND p.at < (@now - 86400000 * CASE WHEN c.point_days > 0 THEN c.point_days ELSE @days END) * {PointKey.Factor} LIMIT @limit)
            """,
            new { now, days = (long)defaultDays, after, last, limit });
        return new PurgedPoints(rows, rows == limit ? after : last);
    }

    public Task<int> PurgeAsync(PurgedTable table, DateTimeOffset before, int limit)
    {
        var (name, key, time) = table switch
        {
            PurgedTable.Frames => ("frames", "no", "at"),
            PurgedTable.Presence => ("presence", "no", "at"),
            PurgedTable.Operations => ("operations", "no", "at"),
            _ => ("commands", "id", "created"),
        };
        return session.ExecuteAsync($"DELETE FROM {name} WHERE {key} IN (SELECT {key} FROM {name} WHERE {time} < @before ORDER BY {time} LIMIT @limit)", new { before, limit });
    }

    private Task<long?> NumberAsync(long device, string property) => session.FirstAsync<long?>(
        "SELECT r.no FROM properties r JOIN devices d ON d.product = r.product WHERE d.no = @device AND r.name = @property", new { device, property });

    private sealed class PackedRow
    {
        public required long At { get; init; }

        public string? Times { get; init; }

        public required string Vals { get; init; }
    }
}
