using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// Loaded by the runtime into every measured process, Irori and reference alike (DOTNET_STARTUP_HOOKS): on the signal USR1 it collects all
/// garbage and says on standard output that it has, and how much was ever allocated.
/// </summary>
[SuppressMessage("Design", "MA0047:Declare types in namespaces", Justification = "The runtime looks for this name.")]
[SuppressMessage("Performance", "CA1812:Avoid uninstantiated internal classes", Justification = "The runtime calls it.")]
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for this name.")]
internal static class StartupHook
{
    /// <summary>What the line begins with.</summary>
    public const string Collected = "collected ";

    private const int UserSignal = 10;
    private static PosixSignalRegistration? _registered;

    /// <summary>Called by the runtime before the program.</summary>
    public static void Initialize() => _registered = PosixSignalRegistration.Create((PosixSignal)UserSignal, signal =>
    {
        signal.Cancel = true;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        Console.Out.WriteLine(Collected + allocated.ToString(CultureInfo.InvariantCulture));
    });
}
