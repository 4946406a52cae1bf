using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Bindings;

/// <summary>Which devices a person has, and who else (Gizwits Open API, binding management).</summary>
internal sealed class BindingOperations(
    DeviceBinder binder, BindCodes codes, DeviceService devices, ProductService products, ProductKeys keys, DeviceMapper mapper, TimeProvider time)
{
    private const string Section = "Binding management";
    private const int MaxUnbound = 100;
    private const int DefaultLimit = 20;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<BindMacRequest, BoundDeviceAnswer>(
            routes,
            new OperationInfo("POST", "/app/bind_mac", Access.User, "bindDeviceByMac", Section, "Binds a device by product key and MAC.") { Success = StatusCodes.Status201Created },
            BindByMacAsync);
        Operations.Map<BindLatestRequest, BoundDeviceAnswer>(
            routes,
            new OperationInfo("POST", "/app/bind_latest", Access.User, "bindDeviceByQrCode", Section, "Binds the device encoded in a QR code.") { Success = StatusCodes.Status201Created },
            BindByCodeAsync);
        Operations.Map<ListBindingsRequest, BoundDevicesAnswer>(routes, new OperationInfo("GET", "/app/bindings", Access.User, "listBindings", Section, "Lists bound devices."), ListAsync);
        Operations.Map<UnbindRequest, DoneForAnswer>(
            routes, new OperationInfo("DELETE", "/app/bindings", Access.User, "unbindDevices", Section, "Unbinds devices.") { NotFound = GizwitsFaults.NotBound }, UnbindAsync);
        Operations.Map<UpdateBindingRequest, OwnWordsAnswer>(
            routes,
            new OperationInfo("PUT", "/app/bindings/{did}", Access.User, "updateBinding", Section, "Changes alias, remark or labels of a binding.") { NotFound = GizwitsFaults.NotBound },
            UpdateAsync);
        Operations.Map<DidRequest, IReadOnlyList<GuestAnswer>>(
            routes, new OperationInfo("GET", "/app/{did}/bindings", Access.User, "listGuests", Section, "Lists the guests of a device."), GuestsAsync);
        Operations.Map<UnbindGuestRequest, Nothing>(
            routes, new OperationInfo("DELETE", "/app/{did}/bindings", Access.User, "unbindGuest", Section, "Removes a guest from a device."), UnbindGuestAsync);
    }

    private async Task<Result<BoundDeviceAnswer>> BindByMacAsync(Caller caller, BindMacRequest request, CancellationToken cancel)
    {
        if (request.SetOwner is not (null or 0 or 1)) return Fault.Invalid("set_owner", "set_owner is 0 or 1");
        if (Stamp(caller) is not { } stamp) return Fault.Invalid(GizwitsFields.Timestamp, $"{GizwitsFields.Timestamp} is Unix seconds, at most 5 minutes off");
        if (!(await keys.FindAsync(caller, request.ProductKey, cancel)).Try(out var product, out var fault)) return fault;
        if (!await IsSignedAsync(caller, product, stamp, cancel))
            return new Fault(FaultKind.BadSignature, "X-Gizwits-Signature is not the lower-case MD5 of the product's secret and the timestamp");
        var wanted = new NewBinding(request.DevAlias, request.Remark, request.SetOwner == 1);
        return await AnswerAsync(caller, await binder.BindByMacAsync(caller.Person, product, request.Mac, wanted, cancel), cancel);
    }

    private async Task<Result<BoundDeviceAnswer>> BindByCodeAsync(Caller caller, BindLatestRequest request, CancellationToken cancel)
    {
        if (request.SetOwner is not (null or 0 or 1)) return Fault.Invalid("set_owner", "set_owner is 0 or 1");
        if (codes.Read(request.QrContent) is not { } did) return Fault.Invalid(GizwitsFields.QrContent, "qr_content is not the code of a device of this server");
        return await AnswerAsync(caller, await binder.BindAsync(caller.Person, did, new NewBinding(BecomesOwner: request.SetOwner == 1), cancel), cancel);
    }

    private async Task<Result<BoundDeviceAnswer>> AnswerAsync(Caller caller, Result<BoundDevice> bound, CancellationToken cancel) => bound.Try(out var done, out var fault)
        ? (await mapper.ShowAsync(caller.Http, done.Device, cancel)) with { Status = done.WasBound ? StatusCodes.Status200OK : StatusCodes.Status201Created }
        : fault;

    private async Task<Result<BoundDevicesAnswer>> ListAsync(Caller caller, ListBindingsRequest request, CancellationToken cancel)
    {
        var (limit, skip) = (request.Limit ?? DefaultLimit, request.Skip ?? 0);
        if (limit is < 1 or > DeviceBinder.MaxPage) return Fault.Invalid("limit", $"limit is 1 to {DeviceBinder.MaxPage}");
        if (skip < 0) return Fault.Invalid("skip", "skip is not negative");
        var found = await binder.ListAsync(caller.Person, request.ShowDisabled == 1, skip, limit, cancel);
        return new BoundDevicesAnswer(await mapper.ShowAsync(caller.Http, found, request.ShowProtoVer == 1, cancel));
    }

    private async Task<Result<DoneForAnswer>> UnbindAsync(Caller caller, UnbindRequest request, CancellationToken cancel)
    {
        if (request.Devices.Count is 0 or > MaxUnbound) return Fault.Invalid("devices", $"devices has 1 to {MaxUnbound} entries");
        var (success, failed) = (new List<string>(), new List<string>());
        foreach (var did in request.Devices.Select(d => d.Did).Distinct(StringComparer.Ordinal))
        {
            var removed = await devices.RemoveAsync(caller.Person, did, cancel);
            if (removed.Fault is { Kind: not FaultKind.NotVisible } fault) return fault;
            (removed.IsOk ? success : failed).Add(did);
        }

        return new DoneForAnswer(success, failed);
    }

    private async Task<Result<OwnWordsAnswer>> UpdateAsync(Caller caller, UpdateBindingRequest request, CancellationToken cancel)
    {
        if (request is { DevAlias: null, Remark: null, DevLabel: null }) return Fault.Invalid("dev_alias", "dev_alias, remark or dev_label is missing");
        return (await binder.ChangeAsync(caller.Person, request.Did, request.DevAlias, request.Remark, request.DevLabel, cancel)).Try(out var device, out var fault)
            ? new OwnWordsAnswer(device.Remark, DeviceMapper.LabelsOf(device), device.Name)
            : fault;
    }

    private async Task<Result<IReadOnlyList<GuestAnswer>>> GuestsAsync(Caller caller, DidRequest request, CancellationToken cancel) =>
        (await binder.GuestsAsync(caller.Person, request.Did, cancel)).Try(out var guests, out var fault)
            ? Result.Of<IReadOnlyList<GuestAnswer>>(
                [.. guests.Select(g => new GuestAnswer(Masks.Middle(g.Name), Masks.Middle(Users.GizwitsLogins.ShownOrNull(g.Phone)), Times.Iso(g.Since), g.Id, Masks.Email(g.Email)))])
            : fault;

    private async Task<Result<Nothing>> UnbindGuestAsync(Caller caller, UnbindGuestRequest request, CancellationToken cancel)
    {
        if (request.Uid is not { Length: > 0 } uid) return Fault.Invalid("uid", "uid is missing");
        return (await binder.RemoveGuestAsync(caller.Person, request.Did, uid, cancel)).Fault is { } fault ? fault : Nothing.Value;
    }

    private string? Stamp(Caller caller)
    {
        var text = caller.Header(GizwitsFields.Timestamp);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds - time.GetUtcNow().ToUnixTimeSeconds()) <= ClockTolerance.TotalSeconds
            ? text
            : null;
    }

    // One SDK lowers the letters of the secret before it digests it.
    private async Task<bool> IsSignedAsync(Caller caller, ProductView product, string stamp, CancellationToken cancel)
    {
        if (await products.SecretAsync(product, cancel) is not { } secret) return false;
        var shown = Encoding.ASCII.GetBytes(caller.Header("X-Gizwits-Signature") ?? "");
        var (plain, lowered) = (Encoding.ASCII.GetBytes(Digests.Md5(secret + stamp)), Encoding.ASCII.GetBytes(Digests.Md5(secret.ToLowerInvariant() + stamp)));
        return CryptographicOperations.FixedTimeEquals(shown, plain) | CryptographicOperations.FixedTimeEquals(shown, lowered);
    }
}
