using System.Data.Common;
using Irori.Core.Installation;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Storage.Move;

namespace Irori.Server.Move;

/// <summary>Moves an installation from SQLite to PostgreSQL while no server runs on it. Its keys stay where they are.</summary>
public static class InstallationMove
{
    /// <summary>Moves; what was cut off before is continued.</summary>
    /// <param name="settings">The installation.</param>
    /// <param name="masterKey">The master key, when it is not in the data folder.</param>
    /// <param name="connectionString">The PostgreSQL database.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <exception cref="StartupException">The installation is not one that can be moved, or is in use.</exception>
    /// <exception cref="MoveException">It could not be moved.</exception>
    public static async Task<MoveSummary> RunAsync(
        IroriSettings settings, string? masterKey, string connectionString, MoveOptions options, TimeProvider time, Action<MoveProgress> progress, CancellationToken cancel)
    {
        if (settings.Database.Engine != DatabaseEngine.Sqlite) throw new StartupException("This installation is on PostgreSQL already; only one on SQLite is moved.");
        if (!File.Exists(Foundation.SqlitePath(settings))) throw Administration.Missing(settings);
        using var folder = DataFolder.Open(settings.Data);
        try
        {
            await CheckKeyAsync(settings, masterKey, cancel);
            return await DatabaseMove.RunAsync(
                Foundation.SqlitePath(settings), connectionString, options, () => MovedMark.Write(folder.Path, time.GetUtcNow()), progress, cancel);
        }
        catch (Exception e) when (e is DbException or InvalidDataException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new MoveException($"The move was cut off ({e.Message.ReplaceLineEndings(" ")}); correct that and run it again, it goes on where it was.", e);
        }
    }

    // A database without its key is of no use: it is better known now.
    private static async Task CheckKeyAsync(IroriSettings settings, string? masterKey, CancellationToken cancel)
    {
        var facts = await DatabaseInspection.ReadAsync(Foundation.Stored(settings), cancel);
        if (facts?.WrappedKey is not { } wrapped) throw Administration.Missing(settings);
        var key = MasterKey.Open(Path.GetFullPath(settings.Data), masterKey, firstStart: false);
        if (!KeyRing.Opens(wrapped, key)) throw MasterKey.Wrong(Path.GetFullPath(settings.Data));
    }
}
