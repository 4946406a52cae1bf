using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Irori.Server.Settings;

/// <summary>A setting that was given as a flag.</summary>
/// <param name="Name">The flag as it is typed, for instance --http.</param>
/// <param name="Key">The setting, for instance Http.</param>
/// <param name="Value">Its value.</param>
public sealed record FlagSetting(string Name, string Key, string Value);

/// <summary>Reads settings: defaults, then the file, then environment variables, then flags.</summary>
public sealed class SettingsLoader
{
    /// <summary>Name of the file that is read from the data folder when it is there.</summary>
    public const string FileName = "irori.jsonc";

    /// <summary>Prefix of environment variables.</summary>
    public const string Prefix = "IRORI_";

    /// <summary>Variable with the installation's master key, base64 of 32 bytes. It is a secret, not a setting.</summary>
    public const string MasterKeyVariable = "IRORI_MASTER_KEY";

    private readonly List<string> _mistakes = [];
    private readonly List<(IConfigurationProvider Provider, Func<string, string> Describe)> _origins = [];

    /// <summary>The settings of a start.</summary>
    /// <param name="configFile">A file that was named; null: the one in the data folder, if any.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="flags">Flags that were given.</param>
    /// <param name="demo">True for a demonstration: loopback only, codes in the outbox.</param>
    /// <exception cref="StartupException">A key is unknown or a value impossible.</exception>
    public static IroriSettings Load(string? configFile, IReadOnlyDictionary<string, string> environment, IReadOnlyList<FlagSetting> flags, bool demo = false) =>
        new SettingsLoader().Read(configFile, environment, flags, demo);

    private IroriSettings Read(string? configFile, IReadOnlyDictionary<string, string> environment, IReadOnlyList<FlagSetting> flags, bool demo)
    {
        if (demo) Add(new() { ["Bind"] = "localhost", ["CodeSender"] = nameof(CodeDelivery.Outbox) }, key => $"{key} (of --demo)");
        AddFile(configFile, environment, flags);
        Add(Variables(environment), key => Prefix + key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant());
        Add(
            flags.ToDictionary(f => f.Key.Replace('.', ':'), f => (string?)f.Value, StringComparer.OrdinalIgnoreCase),
            key => flags.First(f => f.Key.Replace('.', ':').Equals(key, StringComparison.OrdinalIgnoreCase)).Name);
        var root = new ConfigurationRoot([.. _origins.Select(o => o.Provider)]);
        var settings = new IroriSettings();
        new SettingsBinder(root, Origin, _mistakes).Bind(settings);
        if (_mistakes.Count == 0) _mistakes.AddRange(new SettingsCheck(Origin).Check(settings, demo));
        return _mistakes.Count == 0 ? settings : throw new StartupException(_mistakes);
    }

    private void AddFile(string? configFile, IReadOnlyDictionary<string, string> environment, IReadOnlyList<FlagSetting> flags)
    {
        var data = flags.FirstOrDefault(f => f.Key == nameof(IroriSettings.Data))?.Value
            ?? environment.GetValueOrDefault(Prefix + "DATA") ?? new IroriSettings().Data;
        var path = configFile ?? Path.Combine(data, FileName);
        if (!File.Exists(path))
        {
            if (configFile is not null) _mistakes.Add($"--config is \"{configFile}\", but must be a file that exists; correct the path or leave it out.");
            return;
        }

        if (ReadJson(path) is not { } values) return;
        if (configFile is null && values.Remove(nameof(IroriSettings.Data), out var other) && Path.GetFullPath(other!) != Path.GetFullPath(data))
            _mistakes.Add($"Data in {path} cannot differ from the folder in which the file itself was found; give the folder by --data or IRORI_DATA, or name the file by --config.");
        Add(values, key => $"{key.Replace(':', '.')} in {path}");
    }

    // The framework's reader of JSON configuration: comments, trailing commas, keys without regard to case.
    private Dictionary<string, string?>? ReadJson(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable().Where(p => p.Value is not null)
                .ToDictionary(p => p.Key, p => p.Value, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _mistakes.Add($"{path} cannot be read as JSON with comments: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private static Dictionary<string, string?> Variables(IReadOnlyDictionary<string, string> environment) => environment
        .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !v.Key.Equals(MasterKeyVariable, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(v => v.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), v => (string?)v.Value, StringComparer.OrdinalIgnoreCase);

    private void Add(Dictionary<string, string?> values, Func<string, string> describe) =>
        _origins.Add((new MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = values }), describe));

    private string Origin(string key)
    {
        foreach (var (provider, describe) in Enumerable.Reverse(_origins))
        {
            if (provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any()) return describe(key);
        }

        return key.Replace(':', '.');
    }
}
