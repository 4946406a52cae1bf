using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Core.Products;
using Irori.Core.Schedules;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>A device that is commanded later, with its product.</summary>
internal sealed record ActionDevice(VisibleDevice Device, ProductView Product)
{
    /// <summary>The step that commands it.</summary>
    public Result<Step> Command(JsonElement? attrs, IReadOnlyList<int>? raw) =>
        ControlBody.Read(Product, attrs, raw, StateText.ReadValues(Device.Values)).Try(out var body, out var fault) ? Step.Device(Device.Id, body) : fault;
}

/// <summary>A group of one product that is commanded later.</summary>
internal sealed record ActionGroup(Group Group, ProductView Product)
{
    private static readonly Dictionary<string, StateValue> NoState = [];

    /// <summary>The step that commands it.</summary>
    public Result<Step> Command(JsonElement? attrs, IReadOnlyList<int>? raw) =>
        ControlBody.Read(Product, attrs, raw, NoState).Try(out var body, out var fault) ? Step.Group(Group.Id, body) : fault;
}

/// <summary>
/// Commands that are given now and carried out later: read as control reads them, and kept in the product's own names and values. An object of which one field is asked is
/// kept whole, as it is now.
/// </summary>
internal sealed class ActionReader(DeviceService devices, ProductService products, GroupMembers groups)
{
    /// <summary>Those of devices that a person sees, by id.</summary>
    public async Task<IReadOnlyDictionary<string, ActionDevice>> DevicesAsync(Principal who, IEnumerable<string> dids, CancellationToken cancel)
    {
        var known = new Dictionary<string, ActionDevice>(StringComparer.Ordinal);
        foreach (var device in await devices.FindAsync(who, [.. dids.Distinct(StringComparer.Ordinal)], cancel))
            known[device.Id] = new ActionDevice(device, await products.GetAsync(device.Product, cancel));
        return known;
    }

    /// <summary>A device of a person.</summary>
    public async Task<Result<ActionDevice>> DeviceAsync(Principal who, string did, CancellationToken cancel) =>
        (await DevicesAsync(who, [did], cancel)).TryGetValue(did, out var device) ? device : NoDevice;

    /// <summary>A group of a person whose devices are of one product.</summary>
    public async Task<Result<ActionGroup>> GroupAsync(Principal who, string id, CancellationToken cancel)
    {
        if (!(await groups.FindAsync(who, id, cancel)).Try(out var group, out var fault)) return fault with { Field = GizwitsFields.Device };
        return group.Product is { } product
            ? new ActionGroup(group, await products.GetAsync(product, cancel))
            : Fault.Invalid("group_id", "Only a group of one product is controlled as one");
    }

    /// <summary>A person does not see a device.</summary>
    public static Fault NoDevice => Fault.NotVisible("device") with { Field = GizwitsFields.Device };

    /// <summary>Bytes as hex; null: none are given.</summary>
    public static Result<IReadOnlyList<int>?> Hex(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Result.Of<IReadOnlyList<int>?>(null);
        return text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Numbers(Convert.FromHexString(text)) : Fault.Invalid("raw", "raw is no hex");
    }

    /// <summary>Bytes as Base64; null: none are given.</summary>
    public static Result<IReadOnlyList<int>?> Base64(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Result.Of<IReadOnlyList<int>?>(null);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Numbers(bytes.AsSpan(0, length).ToArray()) : Fault.Invalid("raw", "raw is no Base64");
    }

    private static Result<IReadOnlyList<int>?> Numbers(byte[] bytes) => Result.Of<IReadOnlyList<int>?>([.. bytes.Select(b => (int)b)]);
}
