using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Core.Devices;

/// <summary>The stored JSON of a device's records.</summary>
public static class DeviceJson
{
    /// <summary>Reads a factory record.</summary>
    public static FactoryData ReadFactory(string json) => JsonSerializer.Deserialize(json, DeviceJsonContext.Default.FactoryData) ?? new FactoryData();

    /// <summary>Writes a factory record.</summary>
    public static string Write(FactoryData factory) => JsonSerializer.Serialize(factory, DeviceJsonContext.Default.FactoryData);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FactoryData))]
internal sealed partial class DeviceJsonContext : JsonSerializerContext;
