using Irori.Core.History;
using Irori.Storage.Sql;

namespace Irori.Storage.History;

internal sealed class HistoryStore(SqlSession session) : IHistoryStore
{
    public Task<IReadOnlyList<Point>> PointsAsync(long device, string property, long from, long to, PointCursor? after, int limit) => session.ListAsync<Point>(
        """
        SELECT p.arrival, p.seq, coalesce(p.source_time, p.arrival) AS source_time, p.value FROM points p
        WHERE p.device = @device AND p.arrival >= @from AND p.arrival < @to AND (p.arrival, p.seq) > (@Arrival, @Seq)
            AND p.property = (SELECT r.no FROM properties r JOIN devices d ON d.product = r.product WHERE d.no = @device AND r.name = @property)
        ORDER BY p.arrival, p.seq LIMIT @limit
        """,
        new { device, property, from, to, Arrival = after?.Arrival ?? long.MinValue, Seq = after?.Seq ?? long.MinValue, limit });

    public Task<IReadOnlyList<Frame>> FramesAsync(long device, int limit) => session.ListAsync<Frame>(
        """
        SELECT at, CASE WHEN direction = 'o' THEN 'Out' ELSE 'In' END AS direction, ip, account, app, bytes
        FROM frames WHERE device = @device ORDER BY at DESC, no DESC LIMIT @limit
        """,
        new { device, limit });

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

    // Points are found by the days' seeks into each device's properties: only the rows of the day are read, however many there are.
    public Task<IReadOnlyList<TableGrowth>> GrowthAsync(DateTimeOffset since, RetentionSettings retention) => session.ListAsync<TableGrowth>(
        $"""
        SELECT 'points' AS name, CASE WHEN c.point_days > 0 THEN c.point_days ELSE @PointDays END AS days, count(*) AS rows,
            CAST(sum({session.Engine.RowBytes.Point} + length(p.value)) AS BIGINT) AS bytes
        FROM devices d CROSS JOIN products c CROSS JOIN properties r CROSS JOIN points p
        WHERE c.no = d.product AND r.product = d.product AND p.device = d.no AND p.property = r.no AND p.arrival >= @since
        GROUP BY CASE WHEN c.point_days > 0 THEN c.point_days ELSE @PointDays END
        UNION ALL SELECT 'frames', @FrameDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Frame} + length(bytes)), 0) AS BIGINT) FROM frames WHERE at >= @since
        UNION ALL SELECT 'presence', @PresenceDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Presence} + length(reason)), 0) AS BIGINT) FROM presence WHERE at >= @since
        UNION ALL SELECT 'commands', @CommandDays, count(*), CAST(coalesce(sum({session.Engine.RowBytes.Command} + length(body)), 0) AS BIGINT) FROM commands WHERE created >= @since
        """,
        new { since, retention.PointDays, retention.FrameDays, retention.PresenceDays, retention.CommandDays });

    public Task<int> PurgePointsAsync(DateTimeOffset now, int defaultDays, int limit) => session.ExecuteAsync(
        $"""
        DELETE FROM points WHERE (device, property, arrival, seq) IN (
            SELECT p.device, p.property, p.arrival, p.seq FROM properties r JOIN products c ON c.no = r.product
            JOIN devices d ON d.product = c.no JOIN points p ON p.device = d.no AND p.property = r.no
            WHERE p.arrival < @now - 86400000 * CASE WHEN c.point_days > 0 THEN c.point_days ELSE @days END LIMIT @limit)
        """,
        new { now, days = (long)defaultDays, limit });

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
}
