using System.Collections.Concurrent;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>A link, and what frames about its device carry.</summary>
internal sealed record Speaker(Link Link, string DeviceId, string Apikey);

/// <summary>
/// The devices behind a gateway, on its connection. The vendor publishes what firmware can say of them (add, delete, online, offline, report), not how; here
/// the gateway says the first four by actions of its own, and a report, a query or an answer by naming the device in <c>deviceid</c>. Commands come likewise.
/// </summary>
internal sealed class SubDevices(SubDevices.Services services, Socket socket, LinkKey gateway, string? ip)
{
    /// <summary>Devices join: they are the gateway's from then on, and online.</summary>
    public const string Add = "addSubDev";

    /// <summary>Devices leave for good.</summary>
    public const string Delete = "delSubDev";

    /// <summary>Devices can be reached.</summary>
    public const string Online = "onlineSubDev";

    /// <summary>Devices cannot be reached.</summary>
    public const string Offline = "offlineSubDev";

    private const int MaxOfFrame = 32;
    private const int MaxName = 64;
    private const int NotThere = 404;
    private const int Foreign = 409;
    private const int TooMany = -414;

    private readonly ConcurrentDictionary<string, Speaker> _open = new(StringComparer.Ordinal);

    /// <summary>What the devices behind every gateway use.</summary>
    internal sealed record Services(SubDeviceService Devices, LinkService Links, TimeProvider Time);

    /// <summary>Whether an action is about devices behind the gateway.</summary>
    public static bool IsAction(string? action) => action is Add or Delete or Online or Offline;

    /// <summary>The device of an id, while it is online behind this gateway.</summary>
    public Speaker? Find(string deviceId) => _open.GetValueOrDefault(deviceId);

    /// <summary>Carries out what the gateway says, and answers what became of each device.</summary>
    public async Task<Result<Action<Utf8JsonWriter>>> HandleAsync(string action, JsonElement frame, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<SubDevicesFrame>()).Try(out var said, out var fault)) return fault;
        var named = said.Params.SubDevices;
        if (named.Count is 0 or > MaxOfFrame || named.Any(d => d is null || !IsNamed(d, action))) return Fault.Invalid("subDevices", $"params.subDevices has 1 to {MaxOfFrame} devices, each by its subDevId or deviceid");
        var outcomes = await Task.WhenAll(named.Select(d => HandleAsync(action, d, cancel)));
        return (Action<Utf8JsonWriter>)(w => Write(w, named.Zip(outcomes)));
    }

    /// <summary>The gateway's connection is gone.</summary>
    public async Task CloseAsync()
    {
        foreach (var (_, speaker) in _open) await CloseAsync(speaker, "gateway disconnected");
    }

    private async Task<(int Error, string? DeviceId)> HandleAsync(string action, SubDeviceFrame named, CancellationToken cancel)
    {
        try
        {
            return action switch
            {
                Add => await AddAsync(named, cancel),
                Delete => await DeleteAsync(named, cancel),
                Online => await OnlineAsync(named, cancel),
                _ => await OfflineAsync(named, cancel),
            };
        }
        catch (UnavailableException)
        {
            return (CoolKitFaults.Internal, named.DeviceId);
        }
    }

    private async Task<(int Error, string? DeviceId)> AddAsync(SubDeviceFrame named, CancellationToken cancel)
    {
        var joining = new JoiningDevice(NameOf(named)!, new ProductName(CoolKitDialect.Name, CoolKitDialect.UiidName, $"{named.Uiid}"));
        return (await services.Devices.JoinAsync(gateway.Device, joining, cancel)).Try(out var sub, out var fault)
            ? (await OpenAsync(sub, cancel), sub.Device.Id)
            : (CodeOf(fault), named.DeviceId);
    }

    private async Task<(int Error, string? DeviceId)> DeleteAsync(SubDeviceFrame named, CancellationToken cancel)
    {
        if (!(await services.Devices.LeaveAsync(gateway.Device, NameOf(named), named.DeviceId, cancel)).Try(out var device, out var fault)) return (CodeOf(fault), named.DeviceId);
        if (Find(device.Id) is { } speaker) await CloseAsync(speaker, "deleted");
        return (0, device.Id);
    }

    private async Task<(int Error, string? DeviceId)> OnlineAsync(SubDeviceFrame named, CancellationToken cancel) =>
        (await services.Devices.FindAsync(gateway.Device, NameOf(named), named.DeviceId, cancel)).Try(out var sub, out var fault)
            ? (await OpenAsync(sub, cancel), sub.Device.Id)
            : (CodeOf(fault), named.DeviceId);

    private async Task<(int Error, string? DeviceId)> OfflineAsync(SubDeviceFrame named, CancellationToken cancel)
    {
        if (!(await services.Devices.FindAsync(gateway.Device, NameOf(named), named.DeviceId, cancel)).Try(out var sub, out var fault)) return (CodeOf(fault), named.DeviceId);
        if (Find(sub.Device.Id) is { } speaker) await CloseAsync(speaker, "offline");
        return (0, sub.Device.Id);
    }

    private async Task<int> OpenAsync(SubDevice sub, CancellationToken cancel)
    {
        if (sub.OwnerId is not { } owner) return NotThere;
        if (Find(sub.Device.Id) is { } open && open.Apikey == owner) return 0;
        var (device, product) = (sub.Device, sub.Product);
        var identity = new LinkIdentity(device.No, device.Id, product.Product.No, product.Model.MergeKeys, product.Product.KeepsFrames) { OwnerId = owner, Alarms = product.Model.Alarms, Queries = product.Model.Queries, Timers = Timers.Of(product.Product), Gateway = gateway };
        var channel = new Channel(this, new DeviceChannel(socket, device.Id, owner, ip, services.Time), device.Id);
        if (!(await services.Links.OpenAsync(identity, channel, cancel)).Try(out var link, out var fault)) return CodeOf(fault);
        _open[device.Id] = new Speaker(link, device.Id, owner);
        return 0;
    }

    private async Task CloseAsync(Speaker speaker, string reason)
    {
        _open.TryRemove(new(speaker.DeviceId, speaker));
        await services.Links.CloseAsync(speaker.Link, reason);
    }

    private static bool IsNamed(SubDeviceFrame device, string action) => action == Add
        ? device is { SubDevId.Length: > 0 and <= MaxName, Uiid: > 0 }
        : device is { SubDevId.Length: > 0 and <= MaxName } or { DeviceId.Length: > 0 and <= MaxName };

    private static DeviceName? NameOf(SubDeviceFrame device) => device.SubDevId is { } name ? NameOf(name) : null;

    /// <summary>The name by which a gateway knows a device.</summary>
    public static DeviceName NameOf(string subDevId) => new(CoolKitDialect.Name, CoolKitDialect.SubName, "", subDevId);

    private static int CodeOf(Fault fault) => fault.Kind switch
    {
        FaultKind.NotVisible => NotThere,
        FaultKind.NotManufactured => CoolKitFaults.NoSuchOperation,
        FaultKind.AlreadyBound => Foreign,
        FaultKind.LimitReached => TooMany,
        FaultKind.Superseded => NotThere,
        _ => CoolKitFaults.OfHttp(fault),
    };

    private static void Write(Utf8JsonWriter writer, IEnumerable<(SubDeviceFrame Named, (int Error, string? DeviceId) Outcome)> devices)
    {
        writer.WriteStartArray("subDevices");
        foreach (var (named, (error, deviceId)) in devices)
        {
            writer.WriteStartObject();
            if (named.SubDevId is { } name) writer.WriteString("subDevId", name);
            if (deviceId is not null) writer.WriteString("deviceid", deviceId);
            writer.WriteNumber("error", error);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The end of a link that another connection carries: it closes alone.</summary>
    private sealed class Channel(SubDevices all, DeviceChannel wire, string deviceId) : ILinkChannel
    {
        public string Protocol => wire.Protocol;

        public string? Ip => wire.Ip;

        public long NewWireId() => wire.NewWireId();

        public ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId) => wire.Encode(command, wireId);

        public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => wire.SendAsync(frame, cancel);

        public void Close(LinkEnd why)
        {
            if (all.Find(deviceId) is { } speaker && ReferenceEquals(speaker.Link.Channel, this)) _ = all.CloseAsync(speaker, $"{why}");
        }
    }
}
