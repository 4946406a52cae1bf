using System.Diagnostics;

namespace Irori.Tests;

/// <summary>A folder that is a disk of its own, small enough to be filled.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Filler = "filler";

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private DriveInfo Drive => new(Folder);

    /// <summary>Mounts it, or skips the test where that is not allowed.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("irori-disk-").FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", folder) == 0) return new SmallDisk(folder);
        Directory.Delete(folder);
        Assert.Skip("A small disk cannot be mounted here; run as root.");
        return null!;
    }

    /// <summary>Fills until this part is free, from 0 to 1.</summary>
    public async Task FillAsync(double leaving)
    {
        await using var file = new FileStream(Path.Combine(Folder, Filler), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            while (Drive.AvailableFreeSpace > leaving * Drive.TotalSize) await file.WriteAsync(block.AsMemory(0, (int)Math.Clamp(Drive.AvailableFreeSpace, 1, block.Length)));
        }
        catch (IOException) when (leaving == 0)
        {
            // Full is what was asked for.
        }
    }

    /// <summary>Frees what was filled.</summary>
    public void Free() => File.Delete(Path.Combine(Folder, Filler));

    public async ValueTask DisposeAsync()
    {
        if (await RunAsync("umount", Folder) != 0) await RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static async Task<int> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
