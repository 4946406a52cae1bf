using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>What a caller in the same process may decide beyond the settings.</summary>
public sealed record ServerOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The installation's master key, base64 of 32 bytes; null: the file in the data folder, made at the first start.</summary>
    public string? MasterKey { get; init; }

    /// <summary>True: every listener takes any free port in place of the configured one.</summary>
    public bool FreePorts { get; init; }

    /// <summary>Where the log goes in place of standard output.</summary>
    public Action<ILoggingBuilder>? Log { get; init; }

    /// <summary>Replaces services, for instance who carries verification codes.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
