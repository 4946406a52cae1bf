using System.ComponentModel.DataAnnotations;

namespace Irori.Server.Settings;

/// <summary>Further listeners for hardware that cannot do better, off by default. They answer devices only: dispatch, the long connection, firmware.</summary>
public sealed record OldDevicesSection
{
    /// <summary>What <see cref="PlainPorts"/> risk.</summary>
    public const string PlainRisk = "whoever is in the same network can read and change everything on it, the keys of devices too";

    /// <summary>What <see cref="TlsPort"/> risks.</summary>
    public const string TlsRisk = "TLS 1.0 and 1.1 with old ciphers can be broken by somebody in the same network who makes an effort, and the device cannot tell this server from another";

    /// <summary>Ports without TLS, 1 to 65535.</summary>
    public IReadOnlyList<string> PlainPorts { get; init; } = [];

    /// <summary>Port with TLS 1.0, 1.1 and 1.2 and old ciphers; 0: none.</summary>
    [Range(0, 65535)]
    public int TlsPort { get; init; }

    /// <summary><see cref="PlainPorts"/> as numbers, when they were checked.</summary>
    public IEnumerable<int> PlainNumbers() => PlainPorts.Select(int.Parse);
}
