using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Core.States;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>The sections Manage device and Device control of CoolKit v1: devices, adding and removing, state over HTTP.</summary>
internal sealed class DeviceV1Operations(DeviceService devices, GroupService groups, CommandService commands, ThingMapper mapper)
{
    private const string Manage = "Manage device";
    private const string Control = "Device control";
    private const int MaxName = 128;
    private const int Page = 500;
    private static readonly Edition Adding = new AddingEdition();

    public void Map(IEndpointRouteBuilder routes)
    {
        // Before the path with an id: a device's id is never "status".
        Operations.Map<StatusV1Request, StatusV1Answer>(
            routes, Info("GET", "/api/user/device/status", Control, "getDeviceStatusV1", "The state of a device."), GetStatusAsync);
        Operations.Map<StatusUpdateV1Request, StatusUpdatedAnswer>(
            routes, Info("POST", "/api/user/device/status", Control, "updateDeviceStatusV1", "Commands a device."), UpdateStatusAsync);
        Operations.Map<AddDeviceV1Request, DeviceV1>(
            routes, Info("POST", "/api/user/device/add", Manage, "addDeviceV1", "Adds a Wi-Fi device to the account.") with { Edition = Adding }, AddAsync);
        Operations.Map<DeviceListRequest, DeviceListAnswer>(
            routes, Info("GET", "/api/user/device", Manage, "listDevicesV1", "All devices of the account, shared ones too."), ListAsync);
        Operations.Map<DeviceRequest, DeviceV1>(
            routes, Info("GET", "/api/user/device/{deviceid}", Manage, "getDeviceV1", "One device."), GetAsync);
        Operations.Map<DeviceRequest, DeviceV1>(
            routes, Info("DELETE", "/api/user/device/{deviceid}", Manage, "deleteDeviceV1", "Removes a device from the account."), DeleteAsync);
    }

    private static OperationInfo Info(string method, string path, string section, string name, string summary) =>
        new(method, path, Access.Personal, name, section, summary) { Edition = PlainEdition.General };

    private async Task<Result<DeviceListAnswer>> ListAsync(Caller caller, DeviceListRequest request, CancellationToken cancel)
    {
        // The document knows no pages: the answer has them all, read page by page.
        var list = new List<DeviceV1>();
        for (long after = 0; ;)
        {
            var page = await devices.ListAllAsync(caller.Person, after, Page, cancel);
            list.AddRange(await ShowAsync(caller, page, withTags: request.GetTags == 1, cancel));
            if (page.Count < Page) return new DeviceListAnswer(0, list);
            after = page[^1].No;
        }
    }

    private async Task<Result<DeviceV1>> GetAsync(Caller caller, DeviceRequest request, CancellationToken cancel) =>
        (await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)
            ? (await ShowAsync(caller, [device], withTags: true, cancel))[0]
            : fault;

    private async Task<Result<DeviceV1>> AddAsync(Caller caller, AddDeviceV1Request request, CancellationToken cancel)
    {
        if (request.Name.Length is 0 or > MaxName) return Fault.Invalid("name", $"name has 1 to {MaxName} characters");
        var id = request.DeviceId.ToLowerInvariant();
        if (!Ids.IsHex(id, 10)) return new Fault(FaultKind.Invalid, "A device id has ten hex digits", CoolKitFaults.DeviceIdShape);
        var settings = new DeviceSettings().WithDefaults().ToJson();
        var wanted = new AddDevice(id, key => Same(key, request.Apikey), request.Chipid, request.Name, settings) { Taking = Taking.Free };
        return (await devices.AddAsync(caller.Person, wanted, cancel)).Try(out var device, out var fault)
            ? (await ShowAsync(caller, [device], withTags: true, cancel))[0]
            : fault;
    }

    private async Task<Result<DeviceV1>> DeleteAsync(Caller caller, DeviceRequest request, CancellationToken cancel)
    {
        if (!(await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)) return fault;
        // As it was seen before; its key goes with it.
        var shown = (await ShowAsync(caller, [device], withTags: true, cancel))[0];
        return (await devices.RemoveAsync(caller.Person, device.Id, cancel)).Fault is { } failed ? failed : shown;
    }

    private async Task<Result<StatusV1Answer>> GetStatusAsync(Caller caller, StatusV1Request request, CancellationToken cancel)
    {
        if (!(await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)) return fault;
        var wanted = request.Params?.Split('|', StringSplitOptions.RemoveEmptyEntries);
        return new StatusV1Answer(0, RawJson.Params(StateText.ReadValues(device.Values), wanted));
    }

    private async Task<Result<StatusUpdatedAnswer>> UpdateStatusAsync(Caller caller, StatusUpdateV1Request request, CancellationToken cancel)
    {
        if (request.Params.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return Fault.Invalid("params", "params must be an object of what to change, or an array of such");
        var sent = await commands.SendAsync(caller.Person, request.DeviceId, request.Params.GetRawText(), CommandService.DefaultDeadline, cancel);
        return sent.Fault is { } fault ? fault : new StatusUpdatedAnswer(0, request.DeviceId);
    }

    private async Task<IReadOnlyList<DeviceV1>> ShowAsync(Caller caller, IReadOnlyList<VisibleDevice> found, bool withTags, CancellationToken cancel)
    {
        var shown = await mapper.DevicesAsync(caller.Person, found, cancel);
        var memberships = await groups.OfDevicesAsync(caller.Person, found, cancel);
        return [.. shown.Zip(found, (data, device) => Show(data, device, memberships[device.No], withTags))];
    }

    // v1 and v2 show the same device; only where things stand is another.
    private static DeviceV1 Show(DeviceData data, VisibleDevice device, IEnumerable<Membership> memberships, bool withTags) => new()
    {
        Name = data.Name,
        DeviceId = data.DeviceId,
        Apikey = data.Apikey,
        Extra = new ExtraV1(data.Extra.ModelInfo, data.Extra),
        OnlineTime = UserV1.Iso(device.LastSeen ?? device.Since),
        Ip = device.Ip ?? "",
        Settings = SettingsV1.Of(data.Settings),
        Groups = [.. memberships.Where(m => m.Kind == GroupKind.Folder).Select(m => m.GroupId)],
        Params = data.Params,
        Online = data.Online,
        CreatedAt = UserV1.Iso(device.Since),
        SharedBy = data.SharedBy is { } by ? new SharedByV1(by.Apikey, by.Permit) : null,
        DeviceKey = data.DeviceKey,
        BrandName = data.BrandName,
        BrandLogoUrl = data.BrandLogo,
        ProductModel = data.ProductModel,
        ShowBrand = data.ShowBrand,
        Uiid = data.Extra.Uiid,
        Tags = withTags ? data.Tags : null,
    };

    private static bool Same(string key, string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(shown));
}
