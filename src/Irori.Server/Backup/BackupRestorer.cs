using System.Data.Common;
using Irori.Core;
using Irori.Core.Installation;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;

namespace Irori.Server.Backup;

/// <summary>Makes an installation from a backup, in a folder (and on PostgreSQL in a database) that holds none.</summary>
public sealed class BackupRestorer
{
    private readonly IroriSettings _settings;
    private readonly string? _masterKey;
    private readonly string _folder;
    private readonly string _staging;

    private BackupRestorer(IroriSettings settings, string? masterKey, string folder)
    {
        _settings = settings;
        _masterKey = masterKey;
        _folder = folder;
        _staging = Path.Combine(folder, $".restoring-{Ids.Hex24()}");
    }

    /// <summary>Restores a backup. Everything is proved before the first file takes its place, and the database takes its place last.</summary>
    /// <param name="settings">The data folder and, for PostgreSQL, the empty database.</param>
    /// <param name="masterKey">The master key, for a backup without it.</param>
    /// <param name="file">The backup.</param>
    /// <exception cref="BackupException">It cannot be restored.</exception>
    public static async Task<BackupManifest> RestoreAsync(IroriSettings settings, string? masterKey, string file, CancellationToken cancel)
    {
        if (!File.Exists(file)) throw new BackupException($"There is no file {Path.GetFullPath(file)}.");
        using var held = DataFolder.Open(settings.Data);
        var restorer = new BackupRestorer(settings, masterKey, held.Path);
        restorer.RefuseInstallation();
        try
        {
            PrivateFile.CreateFolder(restorer._staging);
            return await restorer.RunAsync(file, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup could not be restored: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(restorer._staging)) Directory.Delete(restorer._staging, recursive: true);
        }
    }

    private void RefuseInstallation()
    {
        string[] names = [PartNames.MasterKey, .. PartNames.Others];
        var there = Directory.EnumerateFiles(_folder, Foundation.SqliteFile + "*").Select(f => Path.GetFileName(f))
            .Concat(names.Where(n => File.Exists(Path.Combine(_folder, n)))).FirstOrDefault();
        if (there is not null) throw new BackupException(
            $"{_folder} holds {there}, so it belongs to an installation; name an empty folder by --data, or move the old installation away first.");
    }

    private async Task<BackupManifest> RunAsync(string file, CancellationToken cancel)
    {
        var manifest = await new BackupReader(Path.GetFullPath(file), _staging).UnpackAsync(cancel);
        if (manifest.Engine != _settings.Database.Engine) throw new BackupException(manifest.Engine == DatabaseEngine.PostgreSql
            ? "The backup is of PostgreSQL; name an empty PostgreSQL database by --database, such as \"Host=localhost;Database=irori\"."
            : "The backup is of SQLite; leave --database away, or say --database sqlite.");
        CheckKey(manifest);
        if (manifest.Engine == DatabaseEngine.Sqlite) await CheckSqliteAsync(manifest, cancel);
        else await RestorePostgresAsync(manifest, cancel);
        foreach (var part in manifest.Parts.Where(p => p.Name != PartNames.Dump).OrderBy(p => p.Name == Foundation.SqliteFile))
            File.Move(Path.Combine(_staging, part.Name), Path.Combine(_folder, part.Name), overwrite: false);
        return manifest;
    }

    private void CheckKey(BackupManifest manifest)
    {
        var key = MasterKey.Find(_staging, manifest.HasKey ? null : _masterKey) ?? throw new BackupException(
            $"The backup holds no master key; set {SettingsLoader.MasterKeyVariable} to the key that is kept elsewhere.");
        if (!KeyRing.Opens(manifest.WrappedKey, key)) throw new BackupException(manifest.HasKey
            ? "The master key in the backup does not open its data; use another backup."
            : $"{SettingsLoader.MasterKeyVariable} does not open the data of the backup; set it to the key of that installation.");
    }

    private async Task CheckSqliteAsync(BackupManifest manifest, CancellationToken cancel)
    {
        var path = Path.Combine(_staging, Foundation.SqliteFile);
        try
        {
            await SqliteBackup.CheckAsync(path, cancel);
            CheckFacts(manifest, await DatabaseInspection.ReadAsync(new DatabaseSettings { SqlitePath = path }, cancel));
        }
        catch (Exception e) when (e is InvalidDataException or DbException)
        {
            throw new BackupException($"The database in the backup is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private async Task RestorePostgresAsync(BackupManifest manifest, CancellationToken cancel)
    {
        var connection = _settings.Database.ConnectionString;
        try
        {
            if (!await DatabaseInspection.IsEmptyAsync(connection, cancel))
                throw new BackupException("The PostgreSQL database has tables already; name an empty one by --database (createdb makes one).");
            await PostgresBackup.RestoreAsync(connection, Path.Combine(_staging, PartNames.Dump), cancel);
            CheckFacts(manifest, await DatabaseInspection.ReadAsync(Foundation.Stored(_settings), cancel));
        }
        catch (Exception e) when (e is PostgresProgramException or DbException)
        {
            throw new BackupException($"The PostgreSQL database could not be restored: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static void CheckFacts(BackupManifest manifest, DatabaseFacts? facts)
    {
        var same = facts is { WrappedKey: { } wrapped } && facts.InstallationId == manifest.Installation && facts.Schema == manifest.Schema
            && wrapped.AsSpan().SequenceEqual(manifest.WrappedKey);
        if (!same) throw new BackupException("The database in the backup is not the one that its manifest describes; use another backup.");
    }
}
