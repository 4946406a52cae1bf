using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Products;
using Irori.Core.States;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>A value and when it was so.</summary>
internal sealed record ValueItem(JsonElement Value, long Time)
{
    public static Dictionary<string, ValueItem> Of(IReadOnlyDictionary<string, StateValue> values) =>
        values.ToDictionary(v => v.Key, v => new ValueItem(JsonElement.Parse(v.Value.Json), v.Value.SourceTime), StringComparer.Ordinal);
}

/// <summary>A device as the person sees it; (epoch, version) orders its states.</summary>
internal sealed record DeviceItem(string Id, string Name, string? HomeId, string? RoomId, string Product, bool Online, long? LastSeen)
{
    public required long Epoch { get; init; }

    public required long Version { get; init; }

    public required IReadOnlyDictionary<string, ValueItem> Values { get; init; }

    public static DeviceItem Of(VisibleDevice device, ProductView product) => new(
        device.Id, device.Name, device.HomeId, device.RoomId, product.Product.Id, device.Online, device.LastSeen?.ToUnixTimeMilliseconds())
    {
        Epoch = device.Epoch, Version = device.Version, Values = ValueItem.Of(StateText.ReadValues(device.Values)),
    };
}

/// <summary>A product: how its devices' values are shown, and which can be commanded.</summary>
internal sealed record ProductItem(string Id, string Name, string Model, string Brand, string Category, IReadOnlyList<Property> Properties)
{
    public static ProductItem Of(ProductView view) => new(
        view.Product.Id, view.Product.Name, view.Product.Model, view.Brand.Name, view.Product.Category, view.Model.Properties);
}

/// <summary>A page of a home's devices with their products; null: there is no next page.</summary>
internal sealed record DevicesAnswer(IReadOnlyList<DeviceItem> Devices, IReadOnlyList<ProductItem> Products, int Total, string? Next);

/// <summary>One device.</summary>
internal sealed record DeviceAnswer(DeviceItem Device, ProductItem Product);

/// <summary>A command: the properties to change.</summary>
internal sealed record CommandBody(JsonElement? Properties);

/// <summary>A command that was obeyed (or delivered to a device that cannot answer), and the device after it.</summary>
internal sealed record CommandDone(string Outcome, DeviceItem Device);

/// <summary>Devices: state and commands.</summary>
internal sealed class DevicesApi(HomeService homes, DeviceService devices, ProductService products, CommandService commands)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 500;

    public async Task<Result<DevicesAnswer>> ListAsync(HttpContext context, Principal who)
    {
        var cancel = context.RequestAborted;
        if (!ConsoleInput.Number(context, "limit", 1, MaxPage, DefaultPage).Try(out var limit, out var fault)) return fault;
        if (!ConsoleInput.Cursor(context).Try(out var cursor, out fault)) return fault;
        if (!(await homes.ListAsync(who.Account, cancel)).Try(out var list, out fault)) return fault;
        if (list.Homes.FirstOrDefault(h => h.Id == ConsoleInput.Route(context, "home")) is not { } home) return Fault.NotVisible("home");
        var from = cursor is { } c ? new PlaceCursor(c.First, c.Second) : new PlaceCursor(long.MinValue, long.MinValue);
        if (!(await devices.ListAsync(who, home, from, (int)limit + 1, cancel)).Try(out var page, out fault)) return fault;
        var shown = new List<DeviceItem>();
        var shownProducts = new Dictionary<long, ProductItem>();
        foreach (var device in page.Devices.Take((int)limit))
        {
            var product = await products.GetAsync(device.Product, cancel);
            shownProducts.TryAdd(device.Product, ProductItem.Of(product));
            shown.Add(DeviceItem.Of(device, product));
        }

        var last = page.Devices.Count > limit ? page.Devices[(int)limit - 1] : null;
        return new DevicesAnswer(shown, [.. shownProducts.Values], page.Total, last is null ? null : ConsoleInput.Cursor(last.Rank, last.No));
    }

    public async Task<Result<DeviceAnswer>> FindAsync(HttpContext context, Principal who)
    {
        if (!(await devices.FindAsync(who, ConsoleInput.Route(context, "device"), context.RequestAborted)).Try(out var device, out var fault)) return fault;
        var product = await products.GetAsync(device.Product, context.RequestAborted);
        return new DeviceAnswer(DeviceItem.Of(device, product), ProductItem.Of(product));
    }

    public async Task<Result<CommandDone>> CommandAsync(HttpContext context, Principal who)
    {
        var cancel = context.RequestAborted;
        var id = ConsoleInput.Route(context, "device");
        if (!(await ConsoleInput.BodyAsync(context, ConsoleJson.Default.CommandBody)).Try(out var body, out var fault)) return fault;
        if (body.Properties is not { ValueKind: JsonValueKind.Object } wanted || !HasNames(wanted))
            return Fault.Invalid("properties", "properties must be an object with at least one property");
        if (!(await commands.SendAsync(who, id, wanted.GetRawText(), CommandService.DefaultDeadline, cancel)).Try(out var answer, out fault)) return fault;
        if (!(await devices.FindAsync(who, id, cancel)).Try(out var device, out fault)) return fault;
        return new CommandDone(ConsoleJson.Word(answer.Outcome), DeviceItem.Of(device, await products.GetAsync(device.Product, cancel)));
    }

    private static bool HasNames(JsonElement properties)
    {
        try
        {
            return properties.EnumerateObject().Any() && properties.EnumerateObject().All(p => p.Name.Length is > 0 and <= Readings.MaxName);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is JSON, but no text.
            return false;
        }
    }
}
