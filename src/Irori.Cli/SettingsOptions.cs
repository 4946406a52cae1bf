using System.Collections;
using System.CommandLine;
using Irori.Server.Settings;

namespace Irori.Cli;

/// <summary>The flags that say which installation is meant, the same for every command.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Folder of database, keys and certificate", HelpName = "DIR" };
    private readonly Option<string?> _config = new("--config") { Description = "Settings file in place of DIR/irori.jsonc", HelpName = "FILE" };
    private readonly Option<string?> _database = new("--database")
    {
        Description = "sqlite, or a PostgreSQL connection string such as \"Host=localhost;Database=irori\"", HelpName = "WHERE",
    };

    private readonly Option<int?> _http = new("--http") { Description = "Port of HTTP, 0 for none", HelpName = "PORT" };
    private readonly Option<int?> _https = new("--https") { Description = "Port of HTTPS, 0 for none", HelpName = "PORT" };
    private readonly Option<string?> _bind = new("--bind") { Description = "Listening address: *, localhost or an IP address", HelpName = "ADDRESS" };

    private readonly Option<string?> _limits = new("--limits")
    {
        Description = "How much everybody may ask: home, documented (what the vendor allows its clients) or off", HelpName = "PRESET",
    };

    private readonly Option<string?> _plain = new("--old-plain-ports")
    {
        Description = $"Ports without TLS for old devices, with commas between; risk: {OldDevicesSection.PlainRisk}", HelpName = "PORTS",
    };

    private readonly Option<int?> _oldTls = new("--old-tls-port") { Description = $"Port of old TLS for old devices; risk: {OldDevicesSection.TlsRisk}", HelpName = "PORT" };

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(v => (string)v.Key, v => (string)v.Value!, StringComparer.Ordinal);

    /// <summary>The installation's master key, when it is given by the environment.</summary>
    public static string? MasterKey => Environment.GetValueOrDefault(SettingsLoader.MasterKeyVariable);

    /// <summary>Adds the flags that find the installation.</summary>
    public SettingsOptions AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _config, _database]) command.Options.Add(option);
        return this;
    }

    /// <summary>Adds the flags of the listeners too.</summary>
    public SettingsOptions AddListenersTo(Command command)
    {
        foreach (var option in (Option[])[_http, _https, _bind, _limits, _plain, _oldTls]) command.Options.Add(option);
        return this;
    }

    /// <summary>The settings of this call.</summary>
    /// <exception cref="StartupException">Something in them is wrong.</exception>
    public IroriSettings Load(ParseResult call, bool demo = false) => SettingsLoader.Load(call.GetValue(_config), Environment, [.. Flags(call)], demo);

    private IEnumerable<FlagSetting> Flags(ParseResult call)
    {
        if (call.GetValue(_data) is { } data) yield return new("--data", nameof(IroriSettings.Data), data);
        if (call.GetValue(_http) is { } http) yield return new("--http", nameof(IroriSettings.Http), $"{http}");
        if (call.GetValue(_https) is { } https) yield return new("--https", nameof(IroriSettings.Https), $"{https}");
        if (call.GetValue(_bind) is { } bind) yield return new("--bind", nameof(IroriSettings.Bind), bind);
        if (call.GetValue(_limits) is { } limits) yield return new("--limits", "Limits.Preset", limits);
        if (call.GetValue(_plain) is { } plain) yield return new("--old-plain-ports", "OldDevices.PlainPorts", plain);
        if (call.GetValue(_oldTls) is { } oldTls) yield return new("--old-tls-port", "OldDevices.TlsPort", $"{oldTls}");
        if (call.GetValue(_database) is not { } database) yield break;
        var connection = database.Contains('=', StringComparison.Ordinal);
        yield return new("--database", "Database.Engine", connection ? "PostgreSql" : database);
        if (connection) yield return new("--database", "Database.ConnectionString", database);
    }
}
