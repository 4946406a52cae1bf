using System.Text.Json;
using System.Text.RegularExpressions;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit;

namespace Irori.Server.Files;

/// <summary>A device as a file or a command line writes it down.</summary>
/// <param name="Line">Where it stands.</param>
public sealed partial record DeviceRow(long Line)
{
    private const int MaxConfig = 4096;

    /// <summary>Names of the fields in files.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["id", "product", "key", "chipId", "mac", "apMac", "manufacturer", "description", "ui", "gsmId", "subId", "devConfig"];

    /// <summary>The id it was made with.</summary>
    public string? Id { get; init; }

    /// <summary>Id of its product.</summary>
    public string? Product { get; init; }

    /// <summary>Its secret.</summary>
    public string? Key { get; init; }

    /// <summary>Chip id.</summary>
    public string? ChipId { get; init; }

    /// <summary>Station MAC.</summary>
    public string? Mac { get; init; }

    /// <summary>MAC of its hotspot.</summary>
    public string? ApMac { get; init; }

    /// <summary>Who made it.</summary>
    public string? Manufacturer { get; init; }

    /// <summary>Remark.</summary>
    public string? Description { get; init; }

    /// <summary>Name of its user interface.</summary>
    public string? Ui { get; init; }

    /// <summary>What stands in the QR code of a GSM device of CoolKit.</summary>
    public string? GsmId { get; init; }

    /// <summary>How a gateway of CoolKit knows it: its address and the number of its type.</summary>
    public string? SubId { get; init; }

    /// <summary>What the factory configured it with, a JSON object: that of a camera, say.</summary>
    public string? DevConfig { get; init; }

    /// <summary>A row of named values; an empty one counts as left out.</summary>
    public static DeviceRow Of(long line, Func<string, string?> value) => new(line)
    {
        Id = Filled(value("id")),
        Product = Filled(value("product")),
        Key = Filled(value("key")),
        ChipId = Filled(value("chipId")),
        Mac = Filled(value("mac")),
        ApMac = Filled(value("apMac")),
        Manufacturer = Filled(value("manufacturer")),
        Description = Filled(value("description")),
        Ui = Filled(value("ui")),
        GsmId = Filled(value("gsmId")),
        SubId = Filled(value("subId")),
        DevConfig = Filled(value("devConfig")),
    };

    /// <summary>What is wrong, as fields and fixes; whether the product exists is not looked up.</summary>
    public IEnumerable<(string Field, string Fix)> Check(bool needsKey)
    {
        if (!IsToken(Id, 64)) yield return ("id", "must be 1 to 64 printable characters without blanks");
        if (!IsToken(Product, 64)) yield return ("product", "is missing; name the id of a product");
        if (needsKey && Key is null) yield return ("key", "is missing; a device that was made has one, and irori admin device add mints one for a new device");
        if (Key is not null && !IsToken(Key, 128)) yield return ("key", "must be at most 128 printable characters without blanks");
        if (ChipId is not null && !IsToken(ChipId, 64)) yield return ("chipId", "must be at most 64 printable characters without blanks");
        if (Mac is not null && !MacForm().IsMatch(Mac)) yield return ("mac", "must be six pairs of hex digits, such as d0:27:00:00:00:01");
        if (ApMac is not null && !MacForm().IsMatch(ApMac)) yield return ("apMac", "must be six pairs of hex digits, such as d0:27:00:00:00:02");
        if (!IsText(Manufacturer)) yield return ("manufacturer", "must be one line of at most 200 characters");
        if (!IsText(Description)) yield return ("description", "must be one line of at most 200 characters");
        if (!IsText(Ui)) yield return ("ui", "must be one line of at most 200 characters");
        if (DevConfig is not null && !IsObject(DevConfig)) yield return ("devConfig", $"must be a JSON object in braces, of at most {MaxConfig} characters");
        if (SubId is not null && !IsToken(SubId, 64)) yield return ("subId", "must be at most 64 printable characters without blanks");
        if (GsmId is not null && !IsToken(GsmId, 128)) yield return ("gsmId", "must be at most 128 printable characters without blanks");
    }

    /// <summary>The device, once nothing is wrong.</summary>
    public NewDevice ToDevice(DeviceSource source) => new(
        Id!, Product!, Key,
        new FactoryData
        {
            ChipId = ChipId, Mac = SubId ?? Mac ?? "", ApMac = ApMac ?? "", Manufacturer = Manufacturer ?? "", Description = Description ?? "", Ui = Ui ?? "",
        })
    {
        Source = source, Names = [.. Names()], Config = DevConfig,
    };

    private IEnumerable<DeviceName> Names()
    {
        if (GsmId is not null) yield return new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", GsmId);
        if (SubId is not null) yield return new DeviceName(CoolKitDialect.Name, CoolKitDialect.SubName, "", SubId);
    }

    /// <summary>True for the form that devices of CoolKit have.</summary>
    public static bool IsUsualId(string id) => UsualId().IsMatch(id);

    private static bool IsObject(string json)
    {
        if (json.Length > MaxConfig) return false;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool IsToken(string? text, int max) => text is { Length: > 0 } && text.Length <= max && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static bool IsText(string? text) => text is null || (text.Length <= 200 && !text.Any(char.IsControl));

    [GeneratedRegex("^[0-9a-f]{10}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UsualId();

    [GeneratedRegex("^[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){5}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MacForm();
}
