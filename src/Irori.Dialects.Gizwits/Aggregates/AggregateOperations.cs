using System.Globalization;
using Irori.Core;
using Irori.Core.History;
using Irori.Core.Products;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Aggregates;

/// <summary>
/// What the numbers of a device come to (Gizwits Open API, advanced data), by hours, days, weeks from Monday, or months of UTC. Every product has it, without being asked for
/// it first.
/// </summary>
internal sealed class AggregateOperations(ActionReader actions, HistoryService history, TimeProvider time)
{
    private const string Section = "Advanced data";
    private const string Path = "/app/devdata/{did}/agg_data";
    private const string Summary = "Returns aggregated values of numeric data points.";

    private static readonly long MaxTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - (long)TimeSpan.FromDays(366).TotalMilliseconds;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<AggregateRequest, AggregateAnswer>(routes, new OperationInfo("GET", Path, Access.User, "getAggregatedData", Section, Summary), TotalAsync);
        // Later documents say PUT.
        Operations.Map<AggregateRequest, AggregateAnswer>(routes, new OperationInfo("PUT", Path, Access.User, "getAggregatedDataByPut", Section, Summary), TotalAsync);
    }

    private async Task<Result<AggregateAnswer>> TotalAsync(Caller caller, AggregateRequest request, CancellationToken cancel)
    {
        if (request.Aggregator is not ("sum" or "avg" or "max" or "min")) return Fault.Invalid("aggregator", "aggregator is sum, avg, max or min");
        if (!ReadPeriods(request).Try(out var periods, out var fault)) return fault;
        if (!(await actions.DeviceAsync(caller.Person, request.Did, cancel)).Try(out var device, out fault)) return fault;
        if (!ReadPlaces(request.Attrs, device.Product).Try(out var places, out fault)) return fault;
        if (!(await history.TotalsAsync(caller.Person, request.Did, [.. places.Select(p => p.Place)], [.. periods.Select(p => p.Span)], cancel)).Try(out var totals, out fault)) return fault;

        var shown = new SortedDictionary<int, Dictionary<string, string>>();
        foreach (var (place, found) in places.Zip(totals))
        {
            foreach (var total in found)
            {
                if (!shown.TryGetValue(total.Period, out var attrs)) shown[total.Period] = attrs = new Dictionary<string, string>(StringComparer.Ordinal);
                attrs[place.Name] = place.Show(total, request.Aggregator);
            }
        }

        if (shown.Count == 0) return Fault.NotVisible("data") with { Field = GizwitsFields.Data };
        var key = ProductKeys.Of(device.Product);
        return new AggregateAnswer(
            new AggregateQuery(request.Aggregator, request.StartTs, request.EndTs, request.Attrs, request.Unit),
            [.. shown.Select(s => new AggregateEntry(Times.Iso(periods[s.Key].Begins), caller.Person.Account.Id, key, s.Value))]);
    }

    private Result<IReadOnlyList<(DateTimeOffset Begins, Period Span)>> ReadPeriods(AggregateRequest request)
    {
        var last = request.EndTs ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        if (request.StartTs is < 0 || request.StartTs > MaxTime) return Fault.Invalid("start_ts", "start_ts is milliseconds since 1970");
        if (last < request.StartTs || last > MaxTime) return Fault.Invalid("end_ts", "end_ts is milliseconds since 1970, not before start_ts");
        var (from, end) = (DateTimeOffset.FromUnixTimeMilliseconds(request.StartTs), DateTimeOffset.FromUnixTimeMilliseconds(last + 1));
        if (Calendar.Begin(request.Unit, from) is not { } begins) return Fault.Invalid("unit", "unit is hours, days, weeks or months");
        var periods = new List<(DateTimeOffset, Period)>();
        while (begins < end)
        {
            if (periods.Count == HistoryService.MaxPeriods) return Fault.Invalid("end_ts", $"At most {HistoryService.MaxPeriods} periods are answered at a time");
            var next = Calendar.Next(request.Unit, begins);
            periods.Add((begins, new Period(begins > from ? begins : from, next < end ? next : end)));
            begins = next;
        }

        return periods;
    }

    private static Result<IReadOnlyList<NumberPlace>> ReadPlaces(string attrs, ProductView product)
    {
        var points = DatapointList.Of(product);
        var places = new List<NumberPlace>();
        foreach (var name in attrs.Split(',', StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal))
        {
            if (points.Find(name) is not { IsNumber: true }) return Fault.Invalid("attrs", $"{name} is no data point that is a number");
            var view = product.ProjectionIn(GizwitsDialect.Name)?.Properties.First(p => p.Shown.Name == name);
            if (view?.Values is not null) return Fault.Invalid("attrs", $"{name} is a number by a table only");
            places.Add(new NumberPlace(name, view is null ? ProjectionPath.Of(name) : ProjectionPath.Parse(view.Path), view?.Factor ?? 1, view?.Offset ?? 0));
        }

        return places.Count <= HistoryService.MaxPlaces ? places : Fault.Invalid("attrs", $"attrs has at most {HistoryService.MaxPlaces} data points");
    }

    // What is shown is the product's own number times a factor and an offset; so are sums and averages, and the smallest and the largest.
    private sealed record NumberPlace(string Name, ProjectionPath Place, double Factor, double Offset)
    {
        public string Show(PeriodTotal total, string aggregator) => Math.Round(
            aggregator switch
            {
                "sum" => (total.Sum * Factor) + (Offset * total.Count),
                "avg" => (total.Sum / total.Count * Factor) + Offset,
                "max" => ((Factor < 0 ? total.Least : total.Most) * Factor) + Offset,
                _ => ((Factor < 0 ? total.Most : total.Least) * Factor) + Offset,
            },
            6).ToString("0.######", CultureInfo.InvariantCulture);
    }
}
