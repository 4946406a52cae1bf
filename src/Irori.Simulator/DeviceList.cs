using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core.Products;

namespace Irori.Simulator;

/// <summary>A make of devices that is none of the kinds.</summary>
/// <param name="Things">What they are able to.</param>
/// <param name="Model">What they say their model is.</param>
/// <param name="Uiid">Number of their type; 0: none.</param>
public sealed record OtherKind(ThingModel Things, string Model, int Uiid);

/// <summary>Devices as an operator writes them. What is written wrongly is a <see cref="FormatException"/> with a sentence for him.</summary>
/// <param name="Server">The address of the server, when the file names it.</param>
/// <param name="Devices">The devices.</param>
public sealed record DeviceList(Uri? Server, IReadOnlyList<DevicePlan> Devices)
{
    private const string Dialect = "coolkit";

    /// <summary>The kinds by name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetValues<DeviceKind>().Where(k => k != DeviceKind.Model).Select(k => k.ToString().ToLowerInvariant())];

    /// <summary>Reads <c>ID:KEY:KIND</c> or <c>ID:KEY:KIND:CHIPID</c>. <paramref name="others"/> knows what else KIND may be.</summary>
    public static DevicePlan Parse(string text, Func<string, OtherKind?>? others = null)
    {
        var parts = text.Split(':');
        return parts.Length is 3 or 4
            ? Plan(new DeviceEntry { Id = parts[0], Key = parts[1], Kind = parts[2], ChipId = parts.ElementAtOrDefault(3) }, others)
            : throw new FormatException($"A device is written ID:KEY:KIND or ID:KEY:KIND:CHIPID, which has two or three colons; \"{parts[0]}...\" has {parts.Length - 1}.");
    }

    /// <summary>
    /// Reads a file: a list of devices, or the <c>demo.json</c> of a demo server. Devices of other dialects are left out. <paramref name="others"/> knows what
    /// else than its name a kind may be.
    /// </summary>
    public static DeviceList Read(string json, Func<string, OtherKind?>? others = null)
    {
        try
        {
            var file = json.AsSpan().TrimStart() is ['[', ..]
                ? new DeviceFile { Devices = JsonSerializer.Deserialize(json, DeviceListJson.Default.DeviceEntryArray) }
                : JsonSerializer.Deserialize(json, DeviceListJson.Default.DeviceFile);
            var entries = file?.Devices ?? throw new FormatException("The file holds neither a list of devices nor an object with \"devices\".");
            return new DeviceList(Address(file), [.. entries.Where(IsOurs).Select(e => Plan(e, others))]);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The file is not JSON of the wanted form: {e.Message}", e);
        }
    }

    /// <summary>The address of a server: http or https, with host and port.</summary>
    public static Uri ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https" && server.Host.Length > 0
            ? server
            : throw new FormatException($"\"{text}\" is not the address of a server; write it as http://localhost:8080.");

    private static Uri? Address(DeviceFile file) => (file.Http ?? file.Https) is { } address ? ParseServer(address) : null;

    private static bool IsOurs(DeviceEntry entry) => entry.Dialect is null || entry.Dialect.StartsWith(Dialect, StringComparison.OrdinalIgnoreCase);

    private static DevicePlan Plan(DeviceEntry entry, Func<string, OtherKind?>? others)
    {
        if (entry.Id is not { Length: > 0 and <= 64 } id || id.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new FormatException("Every device needs an id of 1 to 64 characters without blanks.");
        if (entry.Key is not { Length: > 0 and <= 128 } key) throw new FormatException($"Device {id} needs its factory key, of 1 to 128 characters.");
        var chipId = string.IsNullOrEmpty(entry.ChipId) ? null : entry.ChipId;
        var kind = entry.Kind ?? (entry.Uiid is { } uiid ? $"{uiid}" : null);
        var number = kind is null ? -1 : Kinds.ToList().IndexOf(kind.ToLowerInvariant());
        if (number >= 0) return new DevicePlan(id, key, (DeviceKind)number) { ChipId = chipId, Model = entry.Model, Gateway = entry.Gateway, SubId = entry.SubId };
        var other = (kind is null ? null : others?.Invoke(kind))
            ?? throw new FormatException($"Device {id} is of kind \"{kind}\", but must be one of {string.Join(", ", Kinds)}, the number of a documented type or a product's file.");
        return new DevicePlan(id, key, DeviceKind.Model) 
        {
            ChipId = chipId, Model = entry.Model ?? other.Model, Things = other.Things, Uiid = other.Uiid, Gateway = entry.Gateway, SubId = entry.SubId,
        };
    }
}

internal sealed record DeviceFile
{
    public string? Http { get; init; }

    public string? Https { get; init; }

    public DeviceEntry[]? Devices { get; init; }
}

internal sealed record DeviceEntry
{
    public string? Id { get; init; }

    public string? Key { get; init; }

    public string? Kind { get; init; }

    public int? Uiid { get; init; }

    public string? ChipId { get; init; }

    public string? Model { get; init; }

    public string? Gateway { get; init; }

    public string? SubId { get; init; }

    public string? Dialect { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeviceFile))]
[JsonSerializable(typeof(DeviceEntry[]))]
internal sealed partial class DeviceListJson : JsonSerializerContext;
