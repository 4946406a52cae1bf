namespace Irori.Simulator;

/// <summary>Where the devices connect and how patient they are.</summary>
public sealed record SimulationOptions
{
    /// <summary>The address that the devices were given when they were paired: http or https.</summary>
    public required Uri Server { get; init; }

    /// <summary>True: any certificate of the server is taken, also a self-signed one.</summary>
    public bool TrustAnyCertificate { get; init; }

    /// <summary>How often a meter reports, and a device by its thing model looks at what it measures.</summary>
    public TimeSpan MeterInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a thermostat looks at its sensor.</summary>
    public TimeSpan ThermostatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause before the first retry; each further one may take twice as long.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before any retry.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after the server has said that it does not know the device or its key.</summary>
    public TimeSpan ForbiddenRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a device waits for the reply to a frame before it sends it again.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long asking for the server and connecting to it may take.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many devices may be connecting at one time.</summary>
    public int MaxDialling { get; init; } = 32;

    /// <summary>The source of jitter and of measured values.</summary>
    public Random Random { get; init; } = new();
}
