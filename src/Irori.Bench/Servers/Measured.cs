using Irori.Harness;

namespace Irori.Bench.Servers;

/// <summary>Measured servers: processes of their own, from the same runtime on both sides.</summary>
internal static class Measured
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Starts the built Irori. Only a collectable process knows the signal of <see cref="CollectAsync"/>.</summary>
    public static ServerProcess Irori(bool tls, bool collectable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        ServerProcess.Irori(tls, arguments, Hooked(collectable, environment));

    /// <summary>Starts a reference.</summary>
    public static ServerProcess Reference(string name, string? certificate = null, bool collectable = true)
    {
        var port = Programs.FreePort();
        string[] arguments = certificate is null ? [name, $"{port}"] : [name, $"{port}", certificate];
        return ServerProcess.Start("Irori.Bench.dll", arguments, Hooked(collectable, new Dictionary<string, string>()), ServerProcess.Local(certificate is not null, port));
    }

    /// <summary>Collects its garbage and answers how many bytes it has ever allocated.</summary>
    public static async Task<long> CollectAsync(this ServerProcess server, CancellationToken cancel)
    {
        var collected = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(string line)
        {
            if (line.StartsWith(StartupHook.Collected, StringComparison.Ordinal)) collected.TrySetResult(long.Parse(line.AsSpan(StartupHook.Collected.Length)));
        }

        server.Said += Hear;
        try
        {
            await server.SignalAsync("USR1");
            return await collected.Task.WaitAsync(Patience, cancel);
        }
        finally
        {
            server.Said -= Hear;
        }
    }

    private static Dictionary<string, string> Hooked(bool collectable, IReadOnlyDictionary<string, string> environment)
    {
        var hooked = new Dictionary<string, string>(environment);
        if (collectable) hooked["DOTNET_STARTUP_HOOKS"] = typeof(Measured).Assembly.Location;
        return hooked;
    }
}
