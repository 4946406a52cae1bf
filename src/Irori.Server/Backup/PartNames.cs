using Irori.Server.Demo;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;

namespace Irori.Server.Backup;

/// <summary>What an installation consists of, by the names of its files.</summary>
internal static class PartNames
{
    public const string Manifest = "manifest.json";
    public const string Dump = "irori.dump";
    public const string MasterKey = Hosting.MasterKey.FileName;

    /// <summary>Files of the data folder beside database and key; they are taken when they are there.</summary>
    public static IReadOnlyList<string> Others { get; } =
        [ServerCertificate.CertificateFile, ServerCertificate.KeyFile, SettingsLoader.FileName, DemoFile.FileName];

    /// <summary>The copy of the database.</summary>
    public static string Database(DatabaseEngine engine) => engine == DatabaseEngine.Sqlite ? Foundation.SqliteFile : Dump;

    /// <summary>True for a name that a backup may hold.</summary>
    public static bool IsKnown(string name, DatabaseEngine engine) => name == Database(engine) || name == MasterKey || Others.Contains(name);
}
