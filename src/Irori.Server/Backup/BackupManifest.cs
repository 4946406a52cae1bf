using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Storage;

namespace Irori.Server.Backup;

/// <summary>The first entry of a backup: what it is and what else is in it.</summary>
public sealed record BackupManifest
{
    /// <summary>The form of archive that this release writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Form of the archive.</summary>
    public required int Format { get; init; }

    /// <summary>Version of the program that made it.</summary>
    public required string Irori { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Which engine's copy is in it.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>Schema of the database.</summary>
    public required long Schema { get; init; }

    /// <summary>Id of the installation.</summary>
    public required string Installation { get; init; }

    /// <summary>The data key as it stands in the database: wrapped, so that a master key can be tried before anything is restored.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>The other entries, in order.</summary>
    public required IReadOnlyList<BackupPart> Parts { get; init; }

    /// <summary>True when the master key is in it.</summary>
    [JsonIgnore]
    public bool HasKey => Parts.Any(p => p.Name == PartNames.MasterKey);

    /// <summary>The stored form.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="JsonException">It is not a manifest.</exception>
    public static BackupManifest Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, BackupJson.Default.BackupManifest) ?? throw new JsonException("null");
}

/// <summary>One file of a backup.</summary>
/// <param name="Name">Its name, without any folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hex digest.</param>
public sealed record BackupPart(string Name, long Size, string Sha256);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
