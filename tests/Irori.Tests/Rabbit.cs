using Irori.Harness;

[assembly: AssemblyFixture(typeof(Irori.Tests.Rabbit))]

namespace Irori.Tests;

/// <summary>
/// A private RabbitMQ: one shared by all tests that leave it running, started when it is first needed; a test that stops or freezes its broker
/// starts one of its own.
/// </summary>
public sealed class Rabbit : IAsyncDisposable
{
    private static readonly Lazy<Task<Rabbit>> Started = new(() => StartAsync());
    private readonly RabbitServer? _server;

    /// <summary>For the runner, which ends what was started.</summary>
    public Rabbit()
    {
    }

    private Rabbit(RabbitServer server) => _server = server;

    /// <summary>Its address.</summary>
    public string Url => _server!.Url;

    /// <summary>The one that keeps running.</summary>
    public static Task<Rabbit> SharedAsync() => Started.Value;

    /// <summary>One for this test alone.</summary>
    public static async Task<Rabbit> StartAsync() => new(await RabbitServer.StartAsync());

    /// <summary>Starts it again on the same port after <see cref="StopAsync"/>, and waits until it serves.</summary>
    public Task RunAsync() => _server!.RunAsync();

    /// <summary>Stops it; its address stays.</summary>
    public Task StopAsync() => _server!.StopAsync();

    /// <summary>Lets it stand still: connections stay open, and nothing is answered.</summary>
    public Task FreezeAsync() => _server!.FreezeAsync();

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => _server!.ThawAsync();

    /// <summary>Raises its memory alarm: it takes nothing more from those who publish.</summary>
    public Task BlockAsync() => _server!.BlockAsync();

    /// <summary>Ends the alarm.</summary>
    public Task UnblockAsync() => _server!.UnblockAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        // One that never started has failed the tests that asked for it.
        else if (Started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await Started.Value).DisposeAsync();
    }
}
