using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Bindings;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>What devices say and are told (Gizwits Open API, device remote monitoring).</summary>
internal sealed class MonitoringOperations(
    DeviceService devices, ProductService products, ProductKeys keys, DeviceMapper mapper, CommandService commands, HistoryService history, TimeProvider time)
{
    private const string Section = "Device remote monitoring";
    private const int MaxLimit = 1_000;
    private const int MaxReach = 5_000;
    private const int DefaultLimit = 20;
    private static readonly TimeSpan MaxSpan = TimeSpan.FromHours(48);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<DidRequest, LatestAnswer>(
            routes, new OperationInfo("GET", "/app/devdata/{did}/latest", Access.UserOrCloud, "getLatestData", Section, "Returns the last reported data points."), LatestAsync);
        Operations.Map<ProductRequest, DatapointAnswer>(
            routes, new OperationInfo("GET", "/app/datapoint", Access.App, "getDatapointDefinition", Section, "Returns the data point schema of a product."), DatapointAsync);
        Operations.Map<DidRequest, BoundDeviceAnswer>(
            routes, new OperationInfo("GET", "/app/devices/{did}", Access.UserOrCloud, "getGizwitsDevice", Section, "Returns device details."), DeviceAsync);
        Operations.Map<RawDataRequest, RawDataAnswer>(
            routes, new OperationInfo("GET", "/app/devices/{did}/raw_data", Access.User, "getRawData", Section, "Returns communication logs or online/offline records."), RawDataAsync);
        Operations.Map<ControlRequest, Nothing>(
            routes, new OperationInfo("POST", "/app/control/{did}", Access.User, "controlDevice", Section, "Controls a device through the cloud."), ControlAsync);
    }

    private async Task<Result<LatestAnswer>> LatestAsync(Caller caller, DidRequest request, CancellationToken cancel)
    {
        if (!(await FindAsync(caller, request.Did, cancel)).Try(out var device, out var fault)) return fault;
        var state = StateText.ReadValues(device.Values);
        return new LatestAnswer(device.Id, DeviceMapper.LastOf(state) / 1000, AttributeValues.Show(await products.GetAsync(device.Product, cancel), state));
    }

    private async Task<Result<DatapointAnswer>> DatapointAsync(Caller caller, ProductRequest request, CancellationToken cancel) =>
        (await keys.FindAsync(caller, request.ProductKey, cancel)).Try(out var product, out var fault) ? DatapointAnswer.Of(product) : fault;

    private async Task<Result<BoundDeviceAnswer>> DeviceAsync(Caller caller, DidRequest request, CancellationToken cancel)
    {
        if (!(await FindAsync(caller, request.Did, cancel)).Try(out var device, out var fault)) return fault;
        var shown = await mapper.ShowAsync(caller.Http, device, cancel);
        return caller.Who is null ? shown with { Role = "" } : shown;
    }

    private async Task<Result<RawDataAnswer>> RawDataAsync(Caller caller, RawDataRequest request, CancellationToken cancel)
    {
        var (skip, limit, sort) = (request.Skip ?? 0, request.Limit ?? DefaultLimit, request.Sort ?? "desc");
        if (Check(request, skip, limit, sort) is { } wrong) return wrong;
        // The last second is whole.
        var range = new LogRange(
            DateTimeOffset.FromUnixTimeSeconds(request.StartTime), DateTimeOffset.FromUnixTimeSeconds(request.EndTime + 1), skip, limit, NewestFirst: sort == "desc");
        if (request.Type == "cmd")
        {
            if (!(await history.FramesAsync(caller.Person, request.Did, range, cancel)).Try(out var frames, out var unseen)) return unseen;
            return new RawDataAnswer(Meta(frames.Total), [.. frames.Rows.Select(Entry)]);
        }

        if (!(await history.PresenceAsync(caller.Person, request.Did, range, cancel)).Try(out var lines, out var fault)) return fault;
        return new RawDataAnswer(Meta(lines.Total), [.. lines.Rows.Select(Entry)]);

        RawDataMeta Meta(int total) => new(sort, limit, skip, request.StartTime, request.EndTime, request.Did, total, request.Type);
    }

    private async Task<Result<Nothing>> ControlAsync(Caller caller, ControlRequest request, CancellationToken cancel)
    {
        if (!(await devices.FindAsync(caller.Person, request.Did, cancel)).Try(out var device, out var fault)) return fault;
        if (!ControlBody.Read(await products.GetAsync(device.Product, cancel), request.Attrs, request.Raw, StateText.ReadValues(device.Values)).Try(out var body, out fault)) return fault;
        var sent = await commands.SendAsync(caller.Person, request.Did, body, CommandService.DefaultDeadline, cancel);
        // The vendor answers before the device has: one that keeps silent is no error here.
        return sent.Fault is { Kind: not FaultKind.NoAnswer } failed ? failed : Nothing.Value;
    }

    private Task<Result<VisibleDevice>> FindAsync(Caller caller, string did, CancellationToken cancel) =>
        caller.Who is { } who ? devices.FindAsync(who, did, cancel) : devices.FindAsync(caller.App, did, cancel);

    private Fault? Check(RawDataRequest request, int skip, int limit, string sort)
    {
        if (request.Type is not ("cmd" or "online")) return Fault.Invalid("type", "type is cmd or online");
        if (sort is not ("desc" or "asc")) return Fault.Invalid("sort", "sort is desc or asc");
        if (limit is < 1 or > MaxLimit) return Fault.Invalid("limit", $"limit is 1 to {MaxLimit}");
        if (skip < 0 || skip > MaxReach - limit) return Fault.Invalid("skip", $"skip is not negative, and skip and limit together are at most {MaxReach}");
        if (request.StartTime < 0) return Fault.Invalid("start_time", "start_time is Unix seconds");
        if (request.EndTime <= request.StartTime || request.EndTime > time.GetUtcNow().ToUnixTimeSeconds() || request.EndTime - request.StartTime >= (long)MaxSpan.TotalSeconds)
            return Fault.Invalid("end_time", "end_time is after start_time, less than 48 hours, and not in the future");
        return null;
    }

    private static RawDataEntry Entry(Frame frame) => new()
    {
        Type = frame.Direction == FrameDirection.Out ? "app2dev" : "dev2app",
        Ip = frame.Ip ?? "",
        PayloadBin = Convert.ToHexStringLower(frame.Bytes),
        Timestamp = Seconds(frame.At),
        Source = frame.Direction == FrameDirection.Out ? "client" : null,
        Uid = frame.Account,
        Appid = frame.App,
    };

    private static RawDataEntry Entry(PresenceRow line) => new()
    {
        Type = line.Kind switch { PresenceKind.Online => "dev_online", PresenceKind.ReOnline => "dev_re_online", _ => "dev_offline" },
        Ip = line.Ip ?? "",
        Timestamp = Seconds(line.At),
    };

    private static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
