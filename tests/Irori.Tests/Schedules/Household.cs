using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Bus;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Core.Schedules;
using Irori.Core.States;
using Irori.Storage;
using Irori.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Tests.Schedules;

/// <summary>The home cloud without a server: a database, its services, and devices that obey at once.</summary>
internal sealed class Household : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Household(World world, ServiceProvider services, Principal owner)
    {
        World = world;
        _services = services;
        Owner = owner;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public World World { get; }

    public Principal Owner { get; }

    /// <summary>The id of the device that every world has.</summary>
    public static string Lamp => "1000000001";

    public static async Task<Household> StartAsync(DatabaseSettings settings)
    {
        var world = await World.CreateAsync(settings);
        var life = await world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(30)));
        var services = new ServiceCollection().AddLogging().AddIroriCore()
            .AddSingleton<IDatabase>(world.Database)
            .AddSingleton<IBus, InProcessBus>()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new NodeIdentity("n1", life))
            .AddSingleton(new LinkSettings { OfflineGrace = TimeSpan.Zero })
            .BuildServiceProvider();
        return new Household(world, services, await PrincipalAsync(world, world.Account));
    }

    public T Service<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Another node's runner.</summary>
    public RunService Runner(RunSettings? settings = null) => ActivatorUtilities.CreateInstance<RunService>(_services, settings ?? new RunSettings());

    public Task<Principal> PrincipalAsync(long account) => PrincipalAsync(World, account);

    /// <summary>Connects a device.</summary>
    public async Task<ObedientChannel> ConnectAsync(long device, string id)
    {
        var channel = new ObedientChannel();
        channel.Link = (await Service<LinkService>().OpenAsync(new LinkIdentity(device, id, World.Product, null, KeepsFrames: false), channel, Cancel)).Value;
        return channel;
    }

    /// <summary>Carries out what is due until nothing is, and what has begun has ended.</summary>
    public async Task WorkAsync(RunService runner)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = runner.RunAsync(stop.Token);
        await IdleAsync();
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Waits until nothing is due and nothing has begun.</summary>
    public async Task IdleAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await World.ReadAsync(async s => await s.Runs.WaitingAsync() != Waiting.None || (await RunsAsync(s)).Any(IsUnderWay))) await timer.WaitForNextTickAsync(Cancel);
    }

    /// <summary>All runs of the owner and of devices, oldest first.</summary>
    public Task<IReadOnlyList<Run>> RunsAsync() => World.ReadAsync(RunsAsync);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await World.DisposeAsync();
    }

    private static bool IsUnderWay(Run run) => run.State == RunState.Sent || (run.State == RunState.Pending && run.Due <= TimeProvider.System.GetUtcNow());

    private async Task<IReadOnlyList<Run>> RunsAsync(IStores stores) =>
        [.. (await stores.Runs.ListAsync(RunsOf.Account, World.Account, null, 10_000)).Concat(await stores.Runs.ListAsync(RunsOf.Device, World.Device, null, 1_000)).Reverse()];

    private static async Task<Principal> PrincipalAsync(World world, long account) => await world.ReadAsync(
        async s => new Principal((await s.Accounts.FindAsync(account))!, (await s.Projects.FindAppAsync("app"))!, 0, "127.0.0.1"));
}

/// <summary>A device's connection that agrees to everything, or refuses, and keeps what it was sent.</summary>
internal sealed class ObedientChannel : ILinkChannel
{
    private long _wireId;

    public Link? Link { get; set; }

    public string Protocol => "test";

    public string? Ip => "127.0.0.1";

    /// <summary>What it answers: null agrees, else the code of a refusal; "silent" is no answer.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether it reports a count n after each command.</summary>
    public bool Counts { get; set; }

    /// <summary>The bodies of commands, in order.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public long NewWireId() => Interlocked.Increment(ref _wireId);

    public ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["id"] = wireId, ["body"] = command.Body }.ToJsonString());

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        var said = JsonNode.Parse(frame.Span)!;
        Sent.Enqueue(said["body"]!.GetValue<string>());
        var wireId = said["id"]!.GetValue<long>();
        if (Refusal != "silent") _ = Task.Run(() => AnswerAsync(wireId), CancellationToken.None);
        return ValueTask.FromResult(true);
    }

    public void Close(LinkEnd why)
    {
    }

    /// <summary>Says what it is.</summary>
    public Task<Result<StateWritten>> ReportAsync(string name, string json) =>
        Link!.ReportAsync(new Report { Readings = [new Reading(name, json)] }, CancellationToken.None);

    private async Task AnswerAsync(long wireId)
    {
        Link!.Answer(wireId, Refusal is null, Refusal, null, default);
        if (Counts) await ReportAsync("n", $"{wireId}");
    }
}
