using Irori.Server.Settings;

namespace Irori.Server.Hosting;

/// <summary>The data folder, held by one server at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Makes the folder when it is not there, and holds it.</summary>
    public static DataFolder Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            PrivateFile.CreateFolder(path);
            return new DataFolder(path, new FileStream(System.IO.Path.Combine(path, "irori.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupException($"Data is \"{path}\", but must be a folder that this user may write; correct its rights or choose another.");
        }
        catch (IOException e)
        {
            throw new StartupException($"Data is \"{path}\", which cannot be used ({e.Message}); stop the server that runs on it, or choose another folder.");
        }
    }

    public void Dispose() => _lock.Dispose();
}
