using Irori.Core.Links;

namespace Irori.Bus.RabbitMq;

/// <summary>Names on the broker. Installations that share a broker need a virtual host each.</summary>
internal static class BusNames
{
    /// <summary>The exchange of events.</summary>
    public const string Events = "irori.events";

    /// <summary>The key of what every node hears.</summary>
    public const string All = "all";

    private const int Keys = 64;

    /// <summary>Every key of changes of devices.</summary>
    public static IEnumerable<string> DeviceKeys { get; } = [.. Enumerable.Range(0, Keys).Select(k => $"d{k}")];

    /// <summary>The key of a device's changes.</summary>
    public static string KeyOf(long device) => $"d{(ulong)device % Keys}";

    /// <summary>The queue of commands for a node's life.</summary>
    public static string CommandsOf(NodeIdentity node) => $"irori.commands.{node.Name}.{node.Incarnation}";

    /// <summary>The queue of events for a node's process.</summary>
    public static string EventsOf(string process) => $"irori.events.{process}";
}
