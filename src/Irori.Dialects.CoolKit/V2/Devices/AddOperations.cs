using System.Security.Cryptography;
using System.Text;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Adding and removing devices (CoolKit v2, add, add GSM, delete).</summary>
internal sealed class AddOperations(DeviceService devices, ThingMapper mapper)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<AddDeviceRequest, ThingData>(
            routes, new("POST", "/v2/device/add", Access.Personal, "addWifiDevice", DeviceOperations.Section, "Adds a Wi-Fi device to the account."), AddAsync);
        Operations.Map<AddGsmRequest, ThingData>(
            routes, new("POST", "/v2/device/add-gsm", Access.Personal, "addGsmDevice", DeviceOperations.Section, "Adds a GSM device by the id in its QR code."), AddGsmAsync);
        Operations.Map<DeviceIdRequest, Nothing>(
            routes, new("DELETE", "/v2/device", Access.Personal, "deleteDevice", DeviceOperations.Section, "Removes a device from the account."), DeleteAsync);
    }

    private async Task<Result<ThingData>> AddAsync(Caller caller, AddDeviceRequest request, CancellationToken cancel)
    {
        if (Check(request.Name, request.Sort) is { } wrong) return wrong;
        var settings = (request.Settings ?? new DeviceSettings()).WithDefaults();
        if (settings.Check() is { } wrongSetting) return wrongSetting;
        var id = request.DeviceId.ToLowerInvariant();
        if (!Ids.IsHex(id, 10)) return new Fault(FaultKind.Invalid, "A device id has ten hex digits", CoolKitFaults.DeviceIdShape);
        var wanted = new AddDevice(id, key => Fits(id, key, request.Digest), request.Chipid, request.Name, settings.ToJson()) { KeepsOperations = settings.OpsHistory == 1, Wishes = settings.Wished() };
        return await AddAsync(caller, Place(wanted, request.FamilyId, request.RoomId, request.Sort), cancel);
    }

    // Who read the code holds the device: it asks for no other proof, and so it takes it from nobody.
    private async Task<Result<ThingData>> AddGsmAsync(Caller caller, AddGsmRequest request, CancellationToken cancel)
    {
        if (Check(request.Name, request.Sort) is { } wrong) return wrong;
        var wanted = AddDevice.ByName(new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", request.Id), request.Name, new DeviceSettings().WithDefaults().ToJson());
        return await AddAsync(caller, Place(wanted, request.FamilyId, request.RoomId, request.Sort), cancel);
    }

    private async Task<Result<Nothing>> DeleteAsync(Caller caller, DeviceIdRequest request, CancellationToken cancel) =>
        (await devices.RemoveAsync(caller.Person, request.DeviceId, cancel)).Fault is { } fault ? fault : Nothing.Value;

    private async Task<Result<ThingData>> AddAsync(Caller caller, AddDevice wanted, CancellationToken cancel) =>
        (await devices.AddAsync(caller.Person, wanted, cancel)).Try(out var device, out var fault) ? await mapper.ThingAsync(caller.Person, device, cancel) : fault;

    private static AddDevice Place(AddDevice wanted, string? familyId, string? roomId, int? sort) => wanted with
    {
        HomeId = familyId is { Length: > 0 } home ? home : null,
        RoomId = roomId is { Length: > 0 } room ? room : null,
        End = sort == 2 ? End.Back : End.Front,
    };

    private static Fault? Check(string name, int? sort)
    {
        if (DeviceOperations.CheckName(name) is { } wrong) return wrong;
        return sort is null or 1 or 2 ? null : Fault.Invalid("sort", "sort is 1 for before all others, 2 for behind them");
    }

    // The proof of possession: SHA-256 over device id and key, in lower-case hex (CoolKit v2, add).
    private static bool Fits(string id, string key, string digest) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id + key)))), Encoding.UTF8.GetBytes(digest));
}
