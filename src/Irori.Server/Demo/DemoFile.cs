using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Server.Hosting;

namespace Irori.Server.Demo;

/// <summary>The file demo.json: everything that a client of the demonstration needs.</summary>
public sealed record DemoFile
{
    /// <summary>Name of the file in the data folder, readable by its owner only.</summary>
    public const string FileName = "demo.json";

    /// <summary>Address of HTTP, or null when it is off. Written anew at every start, because ports may change.</summary>
    public string? Http { get; init; }

    /// <summary>Address of HTTPS, or null when it is off.</summary>
    public string? Https { get; init; }

    /// <summary>The app.</summary>
    public required DemoApp App { get; init; }

    /// <summary>The people; the first is an operator and owns the home.</summary>
    public required IReadOnlyList<DemoAccount> Accounts { get; init; }

    /// <summary>The first person's home.</summary>
    public required DemoHome Home { get; init; }

    /// <summary>The devices; one of them is manufactured and not added.</summary>
    public required IReadOnlyList<DemoDevice> Devices { get; init; }

    /// <summary>The file of a data folder, or null.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public static DemoFile? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), DemoJson.Default.DemoFile) : null;
    }

    /// <summary>Writes the file.</summary>
    public void Write(string folder) => PrivateFile.Write(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, DemoJson.Readable().DemoFile) + "\n");
}

/// <summary>An app with its secret.</summary>
public sealed record DemoApp(string Id, string Secret);

/// <summary>A person with his password.</summary>
public sealed record DemoAccount(string Email, string? Phone, string Password, string CountryCode, string Id);

/// <summary>A home.</summary>
public sealed record DemoHome(string Id, IReadOnlyList<DemoRoom> Rooms);

/// <summary>A room.</summary>
public sealed record DemoRoom(string Id, string Name);

/// <summary>A device with its key; <see cref="Kind"/> is switch, lamp, thermostat or meter.</summary>
public sealed record DemoDevice(string Id, string Key, string ChipId, string ProductId, string Name, string Dialect, string Kind, bool Added);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DemoFile))]
internal sealed partial class DemoJson : JsonSerializerContext
{
    /// <summary>With plus signs and the like as they are: the file is no web page.</summary>
    public static DemoJson Readable() => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
