using System.Text.Json;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Demo;

/// <summary>What <c>run --demo</c> adds to a server: a filled installation at the first start, demo.json, and simulated devices.</summary>
public sealed partial class Demonstration : IAsyncDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly Task _devices;

    private Demonstration(IroriServer server, DemoFile file)
    {
        File = file;
        var stopping = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _devices = SimulateAsync(server, file, _end.Token);
    }

    /// <summary>What stands in demo.json.</summary>
    public DemoFile File { get; }

    /// <summary>
    /// The demonstration of a data folder, or null when the folder is fresh. To be asked before the server starts.
    /// </summary>
    /// <exception cref="StartupException">The folder, or the database, belongs to an installation that is no demonstration.</exception>
    public static async Task<DemoFile?> FindAsync(IroriSettings settings, CancellationToken cancel)
    {
        var folder = Path.GetFullPath(settings.Data);
        var file = Read(folder);
        var installed = await DatabaseInspection.ReadAsync(Foundation.Stored(settings), cancel) is not null;
        return (file, installed) switch
        {
            (null, true) => throw new StartupException($"{folder} belongs to an installation that is no demonstration; name another folder by --data, or leave --demo away."),
            (not null, false) => throw new StartupException($"{folder} holds {DemoFile.FileName} without its database; remove that file, or name another folder by --data."),
            _ => file,
        };
    }

    /// <summary>Fills a fresh installation, writes demo.json with the addresses of this start, and lets the devices connect.</summary>
    /// <param name="server">The running server.</param>
    /// <param name="known">What <see cref="FindAsync"/> found before it started.</param>
    public static async Task<Demonstration> StartAsync(IroriServer server, DemoFile? known, CancellationToken cancel)
    {
        var file = (known ?? await new DemoSeed(server.Services).RunAsync(cancel)) with { Http = Text(server.Http), Https = Text(server.Https) };
        file.Write(Path.GetFullPath(server.Settings.Data));
        return new Demonstration(server, file);
    }

    /// <summary>Ends the devices.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _devices;
        _end.Dispose();
    }

    private static DemoFile? Read(string folder)
    {
        try
        {
            return DemoFile.Read(folder);
        }
        catch (JsonException e)
        {
            throw new StartupException($"{Path.Combine(folder, DemoFile.FileName)} cannot be read ({e.Message}); put the original back, or name another folder by --data.");
        }
    }

    private static async Task SimulateAsync(IroriServer server, DemoFile file, CancellationToken cancel)
    {
        var log = server.Services.GetRequiredService<ILogger<Simulation>>();
        var options = new SimulationOptions { Server = (server.Http ?? server.Https)!, TrustAnyCertificate = true };
        try
        {
            await new Simulation(options, [.. file.Devices.Select(Plan)], server.Services.GetRequiredService<TimeProvider>(), log).RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The demonstration is over.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.SimulationFailed(log, e);
        }
    }

    // Without a slash at the end, so that a path can follow.
    private static string? Text(Uri? address) => address?.GetLeftPart(UriPartial.Authority);

    private static DevicePlan Plan(DemoDevice device) => new(device.Id, device.Key, Enum.Parse<DeviceKind>(device.Kind, ignoreCase: true)) { ChipId = device.ChipId };

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Error, "The simulated devices have ended; restart the demonstration")]
        public static partial void SimulationFailed(ILogger logger, Exception exception);
    }
}
