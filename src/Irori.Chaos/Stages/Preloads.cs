using Irori.Harness;

namespace Irori.Chaos.Stages;

/// <summary>Libraries that are loaded before a program's own, as variables of its process.</summary>
internal static class Preloads
{
    private const string Variable = "LD_PRELOAD";
    private const string Clock = "libfaketimeMT.so.1";
    private const string SlowDiskSource = "slowdisk.c";

    /// <summary>A disk whose syncs are as many milliseconds late as a file says; its library is compiled into a folder that everybody may read.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> SlowDiskAsync(string folder, string file, CancellationToken cancel)
    {
        var source = Path.Combine(folder, SlowDiskSource);
        await using (var text = typeof(Preloads).Assembly.GetManifestResourceStream(SlowDiskSource)!)
        await using (var copy = File.Create(source)) await text.CopyToAsync(copy, cancel);
        var library = Path.ChangeExtension(source, ".so");
        try
        {
            await Programs.RunAsync(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], cancel);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new ChaosException("There is no C compiler (cc) for the slow disk; install one (on Debian: apt install gcc libc6-dev).");
        }

        return new Dictionary<string, string> { [Variable] = library, ["SLOWDISK_FILE"] = file };
    }

    /// <summary>A wall clock that is off by what a file says. The clock that never steps stays as it is, and so do waits by it.</summary>
    public static IReadOnlyDictionary<string, string> SteppedClock(string file)
    {
        string[] folders = [.. Directory.GetDirectories("/usr/lib", "*-linux-gnu*"), "/usr/lib"];
        var library = folders.Select(f => Path.Combine(f, "faketime", Clock)).FirstOrDefault(File.Exists)
            ?? throw new ChaosException("libfaketime is not here; install it (on Debian: apt install libfaketime).");
        return new Dictionary<string, string>
        {
            [Variable] = library, ["FAKETIME_TIMESTAMP_FILE"] = file, ["FAKETIME_NO_CACHE"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }
}
