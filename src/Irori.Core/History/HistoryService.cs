using Irori.Core.Bindings;
using Irori.Core.Links;
using Irori.Core.Products;

namespace Irori.Core.History;

/// <summary>A page of a property's history, oldest first, and where the next begins.</summary>
public sealed record PointPage(IReadOnlyList<Point> Points, PointCursor? Next);

/// <summary>What was. It belongs to the ownership, not to the device: nothing before the present owner is shown.</summary>
public sealed class HistoryService(IDatabase database, TimeProvider time)
{
    private const int Piece = 1_000;

    /// <summary>Most places whose numbers are totalled at a time.</summary>
    public const int MaxPlaces = 20;

    /// <summary>Most periods by which they are.</summary>
    public const int MaxPeriods = 1_000;

    /// <summary>Most points of one page.</summary>
    public const int MaxPage = 5_000;

    /// <summary>Points of a property in [from, to) after a cursor, oldest first.</summary>
    public async Task<Result<PointPage>> PointsAsync(
        Principal who, string deviceId, string property, DateTimeOffset from, DateTimeOffset to, PointCursor? after, int limit, CancellationToken cancel)
    {
        if (to < from) return Fault.Invalid("to", "to must not be before from");
        var take = Math.Clamp(limit, 1, MaxPage);
        return await database.ReadAsync<Result<PointPage>>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                var start = device.OwnerSince is { } since && since > from ? since : from;
                var points = await s.History.PointsAsync(
                    device.No, property, start.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), after, take + 1);
                if (points.Count <= take) return new PointPage(points, null);
                var last = points[take - 1];
                return new PointPage([.. points.Take(take)], new PointCursor(last.Arrival, last.Seq));
            },
            cancel);
    }

    /// <summary>
    /// What the numbers at places of a device's reports come to, by period, for each place: what the owner has of his ownership, and everybody else since he has it. Faults:
    /// <see cref="FaultKind.Invalid"/> (periods, places): none, or too many.
    /// </summary>
    public Task<Result<IReadOnlyList<IReadOnlyList<PeriodTotal>>>> TotalsAsync(
        Principal who, string deviceId, IReadOnlyList<ProjectionPath> places, IReadOnlyList<Period> periods, CancellationToken cancel)
    {
        if (places.Count is 0 or > MaxPlaces) return Task.FromResult<Result<IReadOnlyList<IReadOnlyList<PeriodTotal>>>>(Fault.Invalid("places", $"1 to {MaxPlaces} places at a time"));
        if (periods.Count is 0 or > MaxPeriods) return Task.FromResult<Result<IReadOnlyList<IReadOnlyList<PeriodTotal>>>>(Fault.Invalid("periods", $"1 to {MaxPeriods} periods at a time"));
        return database.ReadAsync<Result<IReadOnlyList<IReadOnlyList<PeriodTotal>>>>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                IReadOnlyList<Period> seen = [.. periods.Select(p => p with { From = Later(p.From, FirstOf(device)) })];
                var totals = new List<IReadOnlyList<PeriodTotal>>(places.Count);
                foreach (var place in places) totals.Add(await s.History.TotalsAsync(device.No, place, seen));
                return totals;
            },
            cancel);
    }

    /// <summary>Frames of a device within a span: what the owner has of his ownership, and everybody else since he has it.</summary>
    public Task<Result<LogPage<Frame>>> FramesAsync(Principal who, string deviceId, LogRange range, CancellationToken cancel) =>
        LogAsync(who, deviceId, range, (s, device, clamped) => s.History.FramesAsync(device, clamped), cancel);

    /// <summary>The log of online and offline of a device within a span, clamped as <see cref="FramesAsync"/>.</summary>
    public Task<Result<LogPage<PresenceRow>>> PresenceAsync(Principal who, string deviceId, LogRange range, CancellationToken cancel) =>
        LogAsync(who, deviceId, range, (s, device, clamped) => s.History.PresenceAsync(device, clamped), cancel);

    private Task<Result<LogPage<T>>> LogAsync<T>(
        Principal who, string deviceId, LogRange range, Func<IStores, long, LogRange, Task<LogPage<T>>> read, CancellationToken cancel) => database.ReadAsync<Result<LogPage<T>>>(
        async s =>
        {
            if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
            return await read(s, device.No, range with { From = Later(range.From, FirstOf(device)), Limit = Math.Clamp(range.Limit, 1, MaxPage) });
        },
        cancel);

    private static DateTimeOffset FirstOf(VisibleDevice device)
    {
        var first = device.OwnerSince ?? DateTimeOffset.UnixEpoch;
        return device.Role == Role.Owner ? first : Later(first, device.Since);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>
    /// Operations of a device, newest first: what the owner has of his ownership, and everybody else since it was shared with him. He does not learn the
    /// addresses of others with whom it is shared.
    /// </summary>
    public Task<Result<IReadOnlyList<OperationRecord>>> OperationsAsync(
        Principal who, string deviceId, OperationRange range, CancellationToken cancel) => database.ReadAsync<Result<IReadOnlyList<OperationRecord>>>(
        async s =>
        {
            if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
            var from = device.OwnerSince ?? DateTimeOffset.UnixEpoch;
            if (device.Role != Role.Owner && await s.Bindings.FindAsync(who.Account.No, device.No) is { } binding && binding.Since > from) from = binding.Since;
            if (range.From is { } first && first > from) from = first;
            var operations = await s.History.OperationsAsync(device.No, from, range);
            if (device.Role == Role.Owner) return Result.Of(operations);
            return Result.Of<IReadOnlyList<OperationRecord>>(
                [.. operations.Select(o => o.Account == who.Account.Id || o.Account == device.OwnerId ? o : o with { Email = null, Phone = null })]);
        },
        cancel);

    /// <summary>Forgets a device's operations until now. <see cref="FaultKind.NotAllowed"/>: only the owner does.</summary>
    public async Task<Result<Done>> ClearOperationsAsync(Principal who, string deviceId, CancellationToken cancel)
    {
        var until = time.GetUtcNow();
        while (true)
        {
            var cleared = await database.WriteAsync<int>(
                async s =>
                {
                    if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                    if (device.Role != Role.Owner) return Fault.NotAllowed("Only the owner clears the history of a device");
                    return await s.History.ClearOperationsAsync(device.No, until, Piece);
                },
                cancel);
            if (!cleared.Try(out var gone, out var fault)) return fault;
            if (gone < Piece) return new Done();
        }
    }
}
