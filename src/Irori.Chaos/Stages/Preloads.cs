using Irori.Harness;

namespace Irori.Chaos.Stages;

/// <summary>Libraries that are loaded before a program's own.</summary>
internal static class Preloads
{
    private const string Clock = "libfaketimeMT.so.1";
    private const string SlowDiskSource = "slowdisk.c";

    /// <summary>Name of the variable that loads them.</summary>
    public const string Variable = "LD_PRELOAD";

    /// <summary>Compiles the library of the slow disk into a folder that everybody may read.</summary>
    public static async Task<string> SlowDiskAsync(string folder, CancellationToken cancel)
    {
        var source = Path.Combine(folder, SlowDiskSource);
        await using (var text = typeof(Preloads).Assembly.GetManifestResourceStream(SlowDiskSource)!)
        await using (var file = File.Create(source)) await text.CopyToAsync(file, cancel);
        var library = Path.ChangeExtension(source, ".so");
        try
        {
            await Programs.RunAsync(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], cancel);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new ChaosException("There is no C compiler (cc) for the slow disk; install one (on Debian: apt install gcc libc6-dev).");
        }

        return library;
    }

    /// <summary>The installed library of the clock.</summary>
    public static string SteppedClock()
    {
        string[] folders = [.. Directory.GetDirectories("/usr/lib", "*-linux-gnu*"), "/usr/lib"];
        return folders.Select(f => Path.Combine(f, "faketime", Clock)).FirstOrDefault(File.Exists)
            ?? throw new ChaosException("libfaketime is not here; install it (on Debian: apt install faketime).");
    }
}
