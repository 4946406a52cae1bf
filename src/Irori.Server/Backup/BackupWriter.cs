using System.Data.Common;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Irori.Core;
using Irori.Core.Installation;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;

namespace Irori.Server.Backup;

/// <summary>Puts an installation into one file, also while a server runs on it.</summary>
public sealed class BackupWriter
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly IroriSettings _settings;
    private readonly string? _masterKey;
    private readonly TimeProvider _time;
    private readonly string _staging;
    private readonly string _file;

    private BackupWriter(IroriSettings settings, string? masterKey, string file, TimeProvider time)
    {
        _settings = settings;
        _masterKey = masterKey;
        _time = time;
        _file = Path.GetFullPath(file);
        _staging = Path.Combine(Path.GetDirectoryName(_file)!, $".irori-backup-{Ids.Hex24()}");
    }

    private string Folder => Path.GetFullPath(_settings.Data);

    /// <summary>Makes a backup: written beside its place, readable by its owner only, and moved there when it is whole.</summary>
    /// <param name="settings">The installation.</param>
    /// <param name="masterKey">The master key, when it is not in the data folder.</param>
    /// <param name="file">The file to make; it must not exist.</param>
    /// <param name="withoutKey">True: the key is kept elsewhere and left out.</param>
    /// <exception cref="BackupException">It cannot be made; nothing is left behind.</exception>
    public static async Task<BackupManifest> WriteAsync(
        IroriSettings settings, string? masterKey, string file, bool withoutKey, TimeProvider time, CancellationToken cancel)
    {
        var writer = new BackupWriter(settings, masterKey, file, time);
        if (Path.Exists(writer._file)) throw new BackupException($"{writer._file} exists already; name another file or remove it.");
        try
        {
            PrivateFile.CreateFolder(writer._staging);
            return await writer.RunAsync(withoutKey, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup could not be written: {e.Message}", e);
        }
        catch (Exception e) when (e is PostgresProgramException or InvalidDataException or DbException)
        {
            throw new BackupException($"The database could not be copied: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(writer._staging)) Directory.Delete(writer._staging, recursive: true);
        }
    }

    private async Task<BackupManifest> RunAsync(bool withoutKey, CancellationToken cancel)
    {
        var facts = await DatabaseInspection.ReadAsync(Foundation.Stored(_settings), cancel);
        if (facts?.WrappedKey is null) throw Administration.Missing(_settings);
        var key = MasterKey.Find(Folder, _masterKey);
        if (key is null && !withoutKey) throw new BackupException(
            $"The master key is neither in {Folder} nor in {SettingsLoader.MasterKeyVariable}; set the variable, or say --without-key when the key is kept elsewhere.");
        if (key is not null && !KeyRing.Opens(facts.WrappedKey, key)) throw MasterKey.Wrong(Folder);
        await StageAsync(withoutKey ? null : key, cancel);
        var manifest = await DescribeAsync(facts, cancel);
        var archive = Path.Combine(_staging, "archive");
        await PackAsync(manifest, archive, cancel);
        File.Move(archive, _file, overwrite: false);
        return manifest;
    }

    private async Task StageAsync(byte[]? key, CancellationToken cancel)
    {
        var copy = Path.Combine(_staging, PartNames.Database(_settings.Database.Engine));
        if (_settings.Database.Engine == DatabaseEngine.Sqlite) await SqliteBackup.CopyAsync(Foundation.SqlitePath(_settings), copy, cancel);
        else await PostgresBackup.DumpAsync(_settings.Database.ConnectionString, copy, cancel);
        if (key is not null) PrivateFile.Write(Path.Combine(_staging, PartNames.MasterKey), MasterKey.Text(key));
        foreach (var name in PartNames.Others.Where(n => File.Exists(Path.Combine(Folder, n)))) File.Copy(Path.Combine(Folder, name), Path.Combine(_staging, name));
    }

    private async Task<BackupManifest> DescribeAsync(DatabaseFacts facts, CancellationToken cancel)
    {
        var parts = new List<BackupPart>();
        foreach (var file in new DirectoryInfo(_staging).EnumerateFiles().Where(f => PartNames.IsKnown(f.Name, _settings.Database.Engine)).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            await using var stream = file.OpenRead();
            parts.Add(new BackupPart(file.Name, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel))));
        }

        return new BackupManifest
        {
            Format = BackupManifest.CurrentFormat, Irori = Foundation.Version, Created = _time.GetUtcNow(), Engine = _settings.Database.Engine,
            Schema = facts.Schema, Installation = facts.InstallationId, WrappedKey = facts.WrappedKey!, Parts = parts,
        };
    }

    private async Task PackAsync(BackupManifest manifest, string archive, CancellationToken cancel)
    {
        await using var file = PrivateFile.Create(archive);
        await using (var zip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(zip, TarEntryFormat.Pax))
        {
            await AddAsync(tar, PartNames.Manifest, new MemoryStream(manifest.ToJson()), cancel);
            foreach (var part in manifest.Parts)
            {
                await using var stream = File.OpenRead(Path.Combine(_staging, part.Name));
                await AddAsync(tar, part.Name, stream, cancel);
            }
        }

        file.Flush(flushToDisk: true);
    }

    private static Task AddAsync(TarWriter tar, string name, Stream content, CancellationToken cancel) =>
        tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly }, cancel);
}
