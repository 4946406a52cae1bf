using System.Reflection;
using Irori.Core.Products;
using Irori.Server.Files;
using Irori.Simulator;

namespace Irori.Server.Demo;

/// <summary>The product files that come with the program, one per kind of simulated device.</summary>
public static class DemoProducts
{
    /// <summary>The kinds, in the order in which they are made.</summary>
    public static IReadOnlyList<DeviceKind> Kinds { get; } = [DeviceKind.Switch, DeviceKind.Lamp, DeviceKind.Thermostat, DeviceKind.Meter];

    /// <summary>A kind as files say it.</summary>
    public static string Word(DeviceKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The product of a kind.</summary>
    public static NewProduct Read(DeviceKind kind)
    {
        var name = $"Irori.Server.Demo.products.{Word(kind)}.json";
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        var mistakes = new List<string>();
        return ProductFile.Parse(reader.ReadToEnd(), mistakes) ?? throw new InvalidOperationException($"{name}: {string.Join(" ", mistakes)}");
    }
}
