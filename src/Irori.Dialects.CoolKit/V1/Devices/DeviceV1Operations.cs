using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>The sections Manage device and Device control of CoolKit v1: devices, adding and removing, state over HTTP.</summary>
internal sealed class DeviceV1Operations(
    DeviceService devices, SubDeviceService behind, CommandService commands, DeviceParams state, DeviceV1Mapper mapper)
{
    /// <summary>The section of the document.</summary>
    internal const string Manage = "Manage device";

    private const string Control = "Device control";
    private const int Page = 500;
    private static readonly Edition Adding = new AddingEdition();

    public void Map(IEndpointRouteBuilder routes)
    {
        // Before the path with an id: a device's id is never "status".
        Operations.Map<StatusV1Request, StatusV1Answer>(
            routes, Info("GET", "/api/user/device/status", Control, "getDeviceStatusV1", "The state of a device."), GetStatusAsync);
        Operations.Map<StatusUpdateV1Request, StatusUpdatedAnswer>(
            routes, Info("POST", "/api/user/device/status", Control, "updateDeviceStatusV1", "Commands a device."), UpdateStatusAsync);
        Operations.Map<AddDeviceV1Request, OneDeviceV1>(
            routes, Info("POST", "/api/user/device/add", Manage, "addDeviceV1", "Adds a Wi-Fi device to the account.") with { Edition = Adding }, AddAsync);
        Operations.Map<AddGsmV1Request, OneDeviceV1>(
            routes, Info("POST", "/api/user/device/addGsm", Manage, "addGsmDeviceV1", "Adds a GSM device by the id in its QR code.") with { Edition = Adding }, AddGsmAsync);
        Operations.Map<DeviceListRequest, DeviceListAnswer>(
            routes, Info("GET", "/api/user/device", Manage, "listDevicesV1", "All devices of the account, shared ones too."), ListAsync);
        Operations.Map<DeviceRequest, OneDeviceV1>(
            routes, Info("GET", "/api/user/device/{deviceid}", Manage, "getDeviceV1", "One device."), GetAsync);
        Operations.Map<DeleteDeviceV1Request, OneDeviceV1>(
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
            list.AddRange(await mapper.ShowAsync(caller.Person, page, withTags: request.GetTags == 1, cancel));
            if (page.Count < Page) return new DeviceListAnswer(0, list);
            after = page[^1].No;
        }
    }

    private async Task<Result<OneDeviceV1>> GetAsync(Caller caller, DeviceRequest request, CancellationToken cancel) =>
        (await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)
            ? await mapper.ShowAsync(caller.Person, device, cancel)
            : fault;

    private async Task<Result<OneDeviceV1>> AddAsync(Caller caller, AddDeviceV1Request request, CancellationToken cancel)
    {
        if ((DeviceOperations.CheckName(request.Name) ?? CheckSub(request.IsSub, request.SubDeviceId)) is { } wrong) return wrong;
        var id = request.DeviceId.ToLowerInvariant();
        if (!Ids.IsHex(id, 10)) return new Fault(FaultKind.Invalid, "A device id has ten hex digits", CoolKitFaults.DeviceIdShape);
        if (request.IsSub == 1)
        {
            var sub = new AddSubDevice(id, request.SubDeviceId!.ToLowerInvariant(), key => Same(key, request.Apikey), request.Name, new DeviceSettings().WithDefaults().ToJson());
            return await ShowAsync(caller, await behind.AddAsync(caller.Person, sub, cancel), cancel);
        }

        var wanted = new AddDevice(id, key => Same(key, request.Apikey), request.Chipid, request.Name, new DeviceSettings().WithDefaults().ToJson());
        return await AddAsync(caller, wanted, cancel);
    }

    private async Task<Result<OneDeviceV1>> AddGsmAsync(Caller caller, AddGsmV1Request request, CancellationToken cancel)
    {
        if (DeviceOperations.CheckName(request.Name) is { } wrong) return wrong;
        var read = new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", request.Id);
        return await AddAsync(caller, AddDevice.ByName(read, request.Name, new DeviceSettings().WithDefaults().ToJson()), cancel);
    }

    // What has an owner, even the caller himself, is not added again (409).
    private async Task<Result<OneDeviceV1>> AddAsync(Caller caller, AddDevice wanted, CancellationToken cancel) =>
        await ShowAsync(caller, await devices.AddAsync(caller.Person, wanted with { Taking = Taking.Free }, cancel), cancel);

    private async Task<Result<OneDeviceV1>> ShowAsync(Caller caller, Result<VisibleDevice> found, CancellationToken cancel) =>
        found.Try(out var device, out var fault) ? await mapper.ShowAsync(caller.Person, device, cancel) : fault;

    private async Task<Result<OneDeviceV1>> DeleteAsync(Caller caller, DeleteDeviceV1Request request, CancellationToken cancel)
    {
        if (CheckSub(request.IsSub, request.SubDeviceId) is { } wrong) return wrong;
        if (!(await devices.FindAsync(caller.Person, request.IsSub == 1 ? request.SubDeviceId! : request.DeviceId, cancel)).Try(out var device, out var fault)) return fault;
        if (request.IsSub == 1 && device.ParentId != request.DeviceId) return Fault.NotVisible("device");
        // As it was seen before; its key goes with it.
        var shown = await mapper.ShowAsync(caller.Person, device, cancel);
        return (await devices.RemoveAsync(caller.Person, device.Id, cancel)).Fault is { } failed ? failed : shown;
    }

    private async Task<Result<StatusV1Answer>> GetStatusAsync(Caller caller, StatusV1Request request, CancellationToken cancel)
    {
        if (!(await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)) return fault;
        var wanted = request.Params?.Split('|', StringSplitOptions.RemoveEmptyEntries);
        return new StatusV1Answer(0, await state.ReadAsync(device, wanted, cancel));
    }

    private async Task<Result<StatusUpdatedAnswer>> UpdateStatusAsync(Caller caller, StatusUpdateV1Request request, CancellationToken cancel)
    {
        if (request.Params.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return Fault.Invalid("params", "params must be an object of what to change, or an array of such");
        var sent = await commands.SendAsync(caller.Person, request.DeviceId, request.Params.GetRawText(), CommandService.DefaultDeadline, cancel);
        return sent.Fault is { } fault ? fault : new StatusUpdatedAnswer(0, request.DeviceId);
    }

    // A device behind a bridge has an id of its own; it may be named by that, like any other, or beside its bridge.
    private static Fault? CheckSub(int? isSub, string? subDeviceId) => (isSub, subDeviceId) switch
    {
        (null or 0, _) or (1, { Length: > 0 }) => null,
        (1, _) => Fault.Invalid("subDeviceId", "subDeviceId is missing: with isSub 1 it is the device, and deviceid its bridge"),
        _ => Fault.Invalid("isSub", "isSub is 0, or 1 for a device behind a bridge"),
    };

    private static bool Same(string key, string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(shown));
}
