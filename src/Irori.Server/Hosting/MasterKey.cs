using System.Security.Cryptography;
using Irori.Core.Installation;
using Irori.Server.Settings;

namespace Irori.Server.Hosting;

/// <summary>The key that wraps all other keys. It is given by the environment, or kept in a file of the data folder, never in the database.</summary>
public static class MasterKey
{
    /// <summary>Name of the file in the data folder: base64 of the key, readable by the owner only.</summary>
    public const string FileName = "master.key";

    /// <summary>The key of an installation; at its first start a fresh one is stored.</summary>
    /// <exception cref="StartupException">There is none, or it is not one.</exception>
    public static byte[] Open(string folder, string? given, bool firstStart)
    {
        if (given is not null) return Parse(given, SettingsLoader.MasterKeyVariable);
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return Parse(File.ReadAllText(path), path);
        if (!firstStart) throw new StartupException(
            $"The database was written with a master key that is not here; put the installation's {FileName} into {folder}, or set {SettingsLoader.MasterKeyVariable}.");
        var key = RandomNumberGenerator.GetBytes(KeyRing.KeySize);
        PrivateFile.Write(path, Text(key));
        return key;
    }

    /// <summary>The key of an installation, or null when it is neither given nor in the folder.</summary>
    /// <exception cref="StartupException">What is there is not a key.</exception>
    public static byte[]? Find(string folder, string? given) =>
        given is not null || File.Exists(Path.Combine(folder, FileName)) ? Open(folder, given, firstStart: false) : null;

    /// <summary>How the key stands in its file.</summary>
    public static string Text(byte[] key) => Convert.ToBase64String(key) + "\n";

    /// <summary>The fault of a key that does not open the database's.</summary>
    public static StartupException Wrong(string folder) => new(
        $"The master key is not the one of this database; put the right {FileName} into {folder}, or set {SettingsLoader.MasterKeyVariable} to it.");

    private static byte[] Parse(string text, string source)
    {
        var key = new byte[KeyRing.KeySize + 1];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyRing.KeySize
            ? key[..length]
            : throw new StartupException($"{source} does not hold a master key; it must be base64 of {KeyRing.KeySize} bytes.");
    }
}
