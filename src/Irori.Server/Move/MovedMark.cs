using Irori.Server.Settings;

namespace Irori.Server.Move;

/// <summary>
/// The file that says that the SQLite database of a folder was moved to PostgreSQL: no server runs on it any more, so that there are never
/// two installations that both go on.
/// </summary>
internal static class MovedMark
{
    public const string FileName = "irori.moved";

    /// <summary>Refuses a folder with the mark.</summary>
    /// <exception cref="StartupException">It is there.</exception>
    public static void Refuse(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), FileName);
        if (File.Exists(path)) throw new StartupException(
            $"This installation was moved to PostgreSQL ({path} says so); set Database.Engine and Database.ConnectionString. "
            + "If the move was cut off at its last step, run it again; to stay on SQLite after all, delete that file.");
    }

    public static void Write(string folder, DateTimeOffset now) =>
        Hosting.PrivateFile.Write(Path.Combine(folder, FileName), $"Moved to PostgreSQL at {now:yyyy-MM-ddTHH:mm:ssZ}. irori.db is no longer used.\n");
}
