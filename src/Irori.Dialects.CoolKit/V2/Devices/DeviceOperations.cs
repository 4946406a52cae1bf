using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.States;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>The section Device of CoolKit v2: things, their state, adding and removing.</summary>
internal sealed class DeviceOperations(DeviceService devices, HomeService homes, CommandService commands, ThingMapper mapper)
{
    private const string Section = "Device";
    private const int DefaultNum = 30;
    private const int MaxThings = 10;
    private const int MaxName = 128;
    private const int Page = 500;
    private const long DefaultBegin = -9_999_999;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ThingListRequest, ThingListData>(
            routes, new("GET", "/v2/device/thing", Access.Personal, "listThings", Section, "The things of a home."), ListAsync);
        Operations.Map<ThingsRequest, ThingsData>(
            routes, new("POST", "/v2/device/thing", Access.Personal, "getThings", Section, "Things by id."), GetAsync);
        Operations.Map<StatusRequest, StatusData>(
            routes, new("GET", "/v2/device/thing/status", Access.Personal, "getThingStatus", Section, "The state of a device."), GetStatusAsync);
        Operations.Map<StatusUpdateRequest, Nothing>(
            routes, new("POST", "/v2/device/thing/status", Access.Personal, "updateThingStatus", Section, "Commands a device."), UpdateStatusAsync);
        Operations.Map<AddDeviceRequest, ThingData>(
            routes, new("POST", "/v2/device/add", Access.Personal, "addWifiDevice", Section, "Adds a Wi-Fi device to the account."), AddAsync);
        Operations.Map<DeleteDeviceRequest, Nothing>(
            routes, new("DELETE", "/v2/device", Access.Personal, "deleteDevice", Section, "Removes a device from the account."), DeleteAsync);
    }

    /// <summary>A page of the things of a home.</summary>
    public async Task<Result<ThingListData>> ListAsync(Caller caller, ThingListRequest request, CancellationToken cancel)
    {
        if (request.Num < 0) return Fault.Invalid("num", "num is 0 for all, or how many to answer");
        if (!(await homes.FindAsync(caller.Person.Account, request.FamilyId, cancel)).Try(out var home, out var fault)) return fault;
        var left = request.Num switch { null => DefaultNum, 0 => int.MaxValue, { } num => num };
        // Order numbers are ranks: the page starts with the first thing of that number or a later one.
        var from = new PlaceCursor(request.BeginIndex ?? DefaultBegin, After: 0);
        var found = new List<VisibleDevice>();
        var total = 0;
        while (left > 0)
        {
            var limit = Math.Min(left, Page);
            if (!(await devices.ListAsync(caller.Person, home, from, limit, cancel)).Try(out var page, out fault)) return fault;
            total = page.Total;
            found.AddRange(page.Devices);
            if (page.Devices.Count < limit) break;
            left -= limit;
            from = new PlaceCursor(page.Devices[^1].Rank, page.Devices[^1].No);
        }

        return new ThingListData(await mapper.ThingsAsync(found, cancel), total);
    }

    private async Task<Result<ThingsData>> GetAsync(Caller caller, ThingsRequest request, CancellationToken cancel)
    {
        if (request.ThingList.Count is 0 or > MaxThings) return Fault.Invalid("thingList", $"thingList has 1 to {MaxThings} entries");
        var found = new List<VisibleDevice>();
        foreach (var wanted in request.ThingList)
        {
            if (wanted is not { ItemType: >= 1 and <= 3 }) return Fault.Invalid("thingList.itemType", "itemType of each entry of thingList is 1 for an own device, 2 for a shared device, 3 for an own group");
            if (wanted.ItemType == 3) return NoGroup(wanted.Id);
            if (!(await devices.FindAsync(caller.Person, wanted.Id, cancel)).Try(out var device, out var fault)) return fault;
            if ((device.Role == Role.Owner) != (wanted.ItemType == 1)) return Fault.NotVisible("device");
            found.Add(device);
        }

        return new ThingsData(await mapper.ThingsAsync(found, cancel));
    }

    private async Task<Result<StatusData>> GetStatusAsync(Caller caller, StatusRequest request, CancellationToken cancel)
    {
        if (Kind(request.Type, request.Id) is { } wrong) return wrong;
        if (!(await devices.FindAsync(caller.Person, request.Id, cancel)).Try(out var device, out var fault)) return fault;
        var wanted = request.Params?.Split('|', StringSplitOptions.RemoveEmptyEntries);
        return new StatusData(RawJson.Params(StateText.ReadValues(device.Values), wanted));
    }

    private async Task<Result<Nothing>> UpdateStatusAsync(Caller caller, StatusUpdateRequest request, CancellationToken cancel)
    {
        if (Kind(request.Type, request.Id) is { } wrong) return wrong;
        if (request.Params.ValueKind != JsonValueKind.Object) return Fault.Invalid("params", "params must be an object of what to change");
        var sent = await commands.SendAsync(caller.Person, request.Id, request.Params.GetRawText(), CommandService.DefaultDeadline, cancel);
        return sent.Fault is { } fault ? fault : Nothing.Value;
    }

    private async Task<Result<ThingData>> AddAsync(Caller caller, AddDeviceRequest request, CancellationToken cancel)
    {
        if (request.Name.Length is 0 or > MaxName) return Fault.Invalid("name", $"name has 1 to {MaxName} characters");
        if (request.Sort is not (null or 1 or 2)) return Fault.Invalid("sort", "sort is 1 for before all others, 2 for behind them");
        var settings = (request.Settings ?? new DeviceSettings()).WithDefaults();
        if (settings.Check() is { } wrong) return wrong;
        var id = request.DeviceId.ToLowerInvariant();
        if (!Ids.IsHex(id, 10)) return new Fault(FaultKind.Invalid, "A device id has ten hex digits", CoolKitFaults.DeviceIdShape);
        var wanted = new AddDevice(id, key => Fits(id, key, request.Digest), request.Chipid, request.Name, settings.ToJson())
        {
            KeepsOperations = settings.OpsHistory == 1,
            HomeId = request.FamilyId is { Length: > 0 } home ? home : null,
            RoomId = request.RoomId is { Length: > 0 } room ? room : null,
            End = request.Sort == 2 ? End.Back : End.Front,
        };
        if (!(await devices.AddAsync(caller.Person, wanted, cancel)).Try(out var device, out var fault)) return fault;
        return (await mapper.ThingsAsync([device], cancel))[0];
    }

    private async Task<Result<Nothing>> DeleteAsync(Caller caller, DeleteDeviceRequest request, CancellationToken cancel) =>
        (await devices.RemoveAsync(caller.Person, request.DeviceId, cancel)).Fault is { } fault ? fault : Nothing.Value;

    // The proof of possession: SHA-256 over device id and key, in lower-case hex (CoolKit v2, add).
    private static bool Fits(string id, string key, string digest) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id + key)))), Encoding.UTF8.GetBytes(digest));

    private static Fault? Kind(int type, string id) => type switch
    {
        1 => null,
        2 => NoGroup(id),
        _ => Fault.Invalid("type", "type is 1 for a device, 2 for a group"),
    };

    // Groups come with a later release: until then nobody has one, and an id that cannot be one is told apart as the vendor does.
    private static Fault NoGroup(string id) => Ids.IsHex(id, 24) ? Fault.NotVisible("group") : Fault.Invalid("id", "A group id has 24 hex digits");
}
