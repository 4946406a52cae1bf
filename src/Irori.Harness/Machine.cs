using System.Runtime.InteropServices;

namespace Irori.Harness;

/// <summary>Where it was measured.</summary>
internal sealed record Machine(int Cores, double MemoryGiB, string Kernel, string Processor, string Dotnet)
{
    public static Machine Read() => new(
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(1024, 3), 1),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown",
        RuntimeInformation.FrameworkDescription);
}
