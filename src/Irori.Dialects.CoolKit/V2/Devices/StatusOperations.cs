using System.Text.Json;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>The state of things, and commands over HTTP (CoolKit v2, status).</summary>
internal sealed class StatusOperations(DeviceService devices, GroupService groups, CommandService commands, DeviceParams state)
{
    private const int Device = 1;
    private const int Group = 2;
    private const int MaxThings = 10;
    private const int MaxTimeout = 8_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<StatusRequest, StatusData>(
            routes, new("GET", "/v2/device/thing/status", Access.Personal, "getThingStatus", DeviceOperations.Section, "The state of a device or group."), GetAsync);
        Operations.Map<StatusUpdateRequest, Nothing>(
            routes, new("POST", "/v2/device/thing/status", Access.Personal, "updateThingStatus", DeviceOperations.Section, "Commands a device, or all devices of a group."), UpdateAsync);
        Operations.Map<BatchStatusRequest, BatchStatusData>(
            routes, new("POST", "/v2/device/thing/batch-status", Access.Personal, "batchUpdateThingStatus", DeviceOperations.Section, "Commands several things."), BatchAsync);
    }

    private async Task<Result<StatusData>> GetAsync(Caller caller, StatusRequest request, CancellationToken cancel)
    {
        if (Check(request.Type, request.Id) is { } wrong) return wrong;
        var wanted = request.Params?.Split('|', StringSplitOptions.RemoveEmptyEntries);
        if (request.Type == Group)
        {
            if (!(await groups.FindAsync(caller.Person, request.Id, cancel)).Try(out var group, out var failed)) return failed;
            return group.Kind == GroupKind.Control ? new StatusData(RawJson.Pick(group.State, wanted)) : Fault.NotVisible("group");
        }

        if (!(await devices.FindAsync(caller.Person, request.Id, cancel)).Try(out var device, out var fault)) return fault;
        return new StatusData(await state.ReadAsync(device, wanted, cancel));
    }

    private async Task<Result<Nothing>> UpdateAsync(Caller caller, StatusUpdateRequest request, CancellationToken cancel)
    {
        if (Check(request.Type, request.Id) is { } wrong) return wrong;
        if (request.Params.ValueKind != JsonValueKind.Object) return Fault.Invalid("params", "params must be an object of what to change");
        var body = request.Params.GetRawText();
        var failed = request.Type == Group
            ? (await groups.SendAsync(caller.Person, request.Id, body, cancel)).Fault
            : (await commands.SendAsync(caller.Person, request.Id, body, CommandService.DefaultDeadline, cancel)).Fault;
        return failed is null ? Nothing.Value : failed;
    }

    private async Task<Result<BatchStatusData>> BatchAsync(Caller caller, BatchStatusRequest request, CancellationToken cancel)
    {
        if (request.ThingList.Count is 0 or > MaxThings) return Fault.Invalid("thingList", $"thingList has 1 to {MaxThings} entries");
        if (request.Timeout is < 0 or > MaxTimeout) return Fault.Invalid("timeout", $"timeout is 0 to {MaxTimeout} milliseconds");
        foreach (var thing in request.ThingList)
        {
            if (thing is null) return Fault.Invalid("thingList", "An entry of thingList is an object");
            if (Check(thing.Type, thing.Id) is { } wrong) return wrong;
            if (thing.Params.ValueKind != JsonValueKind.Object) return Fault.Invalid("thingList.params", "params of each entry of thingList is an object of what to change");
            if (CommandService.Check(thing.Params.GetRawText()) is { } unfit) return unfit;
        }

        if (request.ThingList.DistinctBy(t => t.Id).Count() < request.ThingList.Count) return Fault.Invalid("thingList", "Each id stands in thingList once");
        var wait = TimeSpan.FromMilliseconds(request.Timeout ?? 0);
        // What groups' devices make of it is passed over, as with one group.
        foreach (var group in request.ThingList.Where(t => t.Type == Group)) await groups.SendAsync(caller.Person, group.Id, group.Params.GetRawText(), cancel);
        var orders = request.ThingList.Where(t => t.Type == Device).Select(t => new DeviceOrder(t.Id, t.Params.GetRawText())).ToList();
        if (!(await commands.SendAllAsync(caller.Person, orders, wait, cancel)).Try(out var outcomes, out var fault)) return fault;
        var codes = orders.Zip(outcomes).ToDictionary(p => p.First.DeviceId, p => CodeOf(p.Second, wait));
        return new BatchStatusData([.. request.ThingList.Select(t => new BatchResultData(t.Type, t.Id, t.Type == Device ? codes[t.Id] : 0))]);
    }

    // Who does not wait hears of nothing that went wrong.
    private static int CodeOf(Fault? failed, TimeSpan wait) => failed switch
    {
        null => 0,
        _ when wait == TimeSpan.Zero => 0,
        { Kind: FaultKind.Offline } => CoolKitFaults.OfflineInBatch,
        _ => CoolKitFaults.OfHttp(failed),
    };

    private static Fault? Check(int type, string id) => type switch
    {
        Device => null,
        Group => GroupOperations.CheckId(id),
        _ => Fault.Invalid("type", "type is 1 for a device, 2 for a group"),
    };
}
