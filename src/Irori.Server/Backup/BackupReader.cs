using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Irori.Server.Hosting;
using Irori.Storage;

namespace Irori.Server.Backup;

/// <summary>
/// Unpacks a backup into a folder of its own. An archive is foreign until it is proved: only plain files under the names that a backup has are
/// written, in the sizes and with the checksums that its manifest says.
/// </summary>
internal sealed class BackupReader(string file, string folder)
{
    private const int MaxManifest = 64 * 1024;
    private const int BufferSize = 128 * 1024;

    /// <summary>Unpacks everything and answers the manifest.</summary>
    /// <exception cref="BackupException">It is not a backup, or damaged.</exception>
    public async Task<BackupManifest> UnpackAsync(CancellationToken cancel)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            await using var zip = new GZipStream(stream, CompressionMode.Decompress);
            await using var tar = new TarReader(zip);
            var manifest = await ReadManifestAsync(tar, cancel);
            Check(manifest);
            await UnpackAsync(tar, manifest, cancel);
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or FormatException)
        {
            throw new BackupException($"{file} is not a backup of Irori, or it is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(TarReader tar, CancellationToken cancel)
    {
        var entry = await tar.GetNextEntryAsync(cancellationToken: cancel);
        if (entry is not { Name: PartNames.Manifest, EntryType: TarEntryType.RegularFile, DataStream: { } data, Length: <= MaxManifest })
            throw new InvalidDataException($"it does not begin with {PartNames.Manifest}");
        var json = new byte[entry.Length];
        await data.ReadExactlyAsync(json, cancel);
        return BackupManifest.Parse(json);
    }

    private void Check(BackupManifest manifest)
    {
        if (manifest.Format != BackupManifest.CurrentFormat)
            throw new BackupException($"{file} has format {manifest.Format}, and this release reads {BackupManifest.CurrentFormat}; restore it with Irori {manifest.Irori}.");
        if (manifest.Schema > DatabaseInspection.KnownSchema)
            throw new BackupException($"{file} has schema {manifest.Schema}, made by Irori {manifest.Irori}, and this release knows {DatabaseInspection.KnownSchema}; restore it with a newer Irori.");
        if (manifest.Parts.FirstOrDefault(p => !PartNames.IsKnown(p.Name, manifest.Engine)) is { } unknown)
            throw new InvalidDataException($"its manifest names \"{unknown.Name}\", which no backup has");
        if (manifest.Parts.Count(p => p.Name == PartNames.Database(manifest.Engine)) != 1) throw new InvalidDataException("its manifest names no database");
    }

    private async Task UnpackAsync(TarReader tar, BackupManifest manifest, CancellationToken cancel)
    {
        var missing = manifest.Parts.ToDictionary(p => p.Name, StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile || !missing.Remove(entry.Name, out var part))
                throw new InvalidDataException($"it holds \"{entry.Name}\", which its manifest does not name");
            if (entry.Length != part.Size) throw new InvalidDataException($"{part.Name} has {entry.Length} bytes and should have {part.Size}");
            var digest = await WriteAsync(Path.Combine(folder, part.Name), entry.DataStream ?? Stream.Null, cancel);
            if (!digest.Equals(part.Sha256, StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException($"the checksum of {part.Name} is wrong");
        }

        if (missing.Count > 0) throw new InvalidDataException($"{string.Join(", ", missing.Keys)} is missing");
    }

    private static async Task<string> WriteAsync(string path, Stream content, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = PrivateFile.Create(path);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        while (await content.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), cancel);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
