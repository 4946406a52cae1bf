namespace Irori.Harness;

/// <summary>A folder that is a disk of its own, small enough to be filled.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Filler = "filler";
    private const int Block = 64 * 1024;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private DriveInfo Drive => new(Folder);

    /// <summary>Mounts it; null where that is not allowed.</summary>
    public static async Task<SmallDisk?> TryMountAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("irori-disk-").FullName;
        if ((await Programs.TryAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", folder], CancellationToken.None)).Code == 0)
        {
            LastWill.Add($"umount -l '{folder}' 2>/dev/null && rmdir '{folder}'");
            return new SmallDisk(folder);
        }

        Directory.Delete(folder);
        return null;
    }

    /// <summary>Fills until this part is free, from 0 to 1.</summary>
    public async Task FillAsync(double leaving)
    {
        await using var file = new FileStream(Path.Combine(Folder, Filler), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[Block];
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
        if ((await Programs.TryAsync(["umount", Folder], CancellationToken.None)).Code != 0) await Programs.TryAsync(["umount", "--lazy", Folder], CancellationToken.None);
        Directory.Delete(Folder);
    }
}
