using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Sharing;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Sharing: silent, the receiver has the device at once (CoolKit v2, share).</summary>
internal sealed class ShareOperations(SharingService sharing, DeviceService devices, ThingMapper mapper)
{
    private const int Silent = 1;
    private const int MaxDevices = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ShareRequest, UpdatedThingsData>(
            routes, new("POST", "/v2/device/share", Access.Personal, "shareDevices", DeviceOperations.Section, "Shares devices with somebody."), ShareAsync);
        Operations.Map<SharePermitRequest, UpdatedThingData>(
            routes, new("POST", "/v2/device/share/permit", Access.Personal, "updateSharePermission", DeviceOperations.Section, "Changes what a receiver may do."), ChangePermitAsync);
        Operations.Map<CancelShareRequest, UpdatedThingData>(
            routes, new("DELETE", "/v2/device/share", Access.Personal, "cancelShare", DeviceOperations.Section, "Takes a device back from a receiver."), CancelAsync);
    }

    private async Task<Result<UpdatedThingsData>> ShareAsync(Caller caller, ShareRequest request, CancellationToken cancel)
    {
        if (DeviceIdRequest.Check("deviceidList", request.DeviceIdList, MaxDevices) is { } wrong) return wrong;
        if (request.ShareType is not (null or Silent)) return Fault.Invalid("shareType", "shareType is 1, silent");
        if (!LoginOf(request.User).Try(out var login, out var fault)) return fault;
        var terms = new NewShare(request.Permit, request.Comment ?? "");
        if ((await sharing.ShareAsync(caller.Person, request.DeviceIdList, Receiver.Of(login), terms, cancel)).Fault is { } failed) return failed;
        var shared = await devices.FindAsync(caller.Person, [.. request.DeviceIdList.Distinct(StringComparer.Ordinal)], cancel);
        return new UpdatedThingsData(await mapper.ThingsAsync(caller.Person, shared, cancel));
    }

    private async Task<Result<UpdatedThingData>> ChangePermitAsync(Caller caller, SharePermitRequest request, CancellationToken cancel) =>
        await ShowAsync(caller, request.DeviceId, await sharing.ChangePermitAsync(caller.Person, request.DeviceId, Receiver.Of(request.Apikey), request.Permit, cancel), cancel);

    private async Task<Result<UpdatedThingData>> CancelAsync(Caller caller, CancelShareRequest request, CancellationToken cancel) =>
        await ShowAsync(caller, request.DeviceId, await sharing.EndAsync(caller.Person, request.DeviceId, Receiver.Of(request.Apikey), cancel), cancel);

    private async Task<Result<UpdatedThingData>> ShowAsync(Caller caller, string deviceId, Result<Done> done, CancellationToken cancel)
    {
        if (done.Fault is { } failed) return failed;
        return (await devices.FindAsync(caller.Person, deviceId, cancel)).Try(out var device, out var fault)
            ? new UpdatedThingData(await mapper.ThingAsync(caller.Person, device, cancel))
            : fault;
    }

    // The phone number is looked at first; with one, the address means nothing.
    private static Result<Login> LoginOf(ShareUser user)
    {
        if (user.PhoneNumber is { Length: > 0 } phone)
        {
            if (user.CountryCode is not { Length: > 0 } code) return Fault.Invalid("user.countryCode", "user.countryCode is missing: it goes with user.phoneNumber");
            return phone.StartsWith(code, StringComparison.Ordinal) ? Login.Phone(phone) : Fault.Invalid("user.phoneNumber", "user.phoneNumber begins with user.countryCode");
        }

        return user.Email is { Length: > 0 } email ? Login.Email(email) : Fault.Invalid("user", "user has a phoneNumber or an email");
    }
}
