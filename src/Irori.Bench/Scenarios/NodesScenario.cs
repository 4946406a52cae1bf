using Irori.Bench.Load;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>The commands of <see cref="CommandScenario"/> to devices of another node.</summary>
internal sealed class NodesScenario : Scenario
{
    public override string Name => "nodes";

    public override char Letter => 'e';

    public override string Summary =>
        "HTTP to device acknowledgement as in a, on two nodes on one PostgreSQL and RabbitMQ; the apps call one node, the devices hang on the other";

    public override string Reference => "the same two nodes; the apps call the node on which the devices hang, so that no command crosses RabbitMQ";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(CommandScenario.Rate, "commands", "1/s", new Bar(BarKind.RatioAtLeast, 0.3)),
        new("p50", "latency p50", "ms"),
        new(CommandScenario.P99, "latency p99", "ms"),
        new("cpu", "processor time of both nodes per command", "µs"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var house = await House.MakeAsync(context, DatabaseEngine.PostgreSql, sizes.CommandDevices, sizes.CommandDevices, cancel);
        var bus = context.Keep(await RabbitServer.StartAsync(cancel)).Url;
        var holder = context.Keep(house.LaunchNode("holder", context.NewFolder(), bus));
        var other = context.Keep(house.LaunchNode("other", context.NewFolder(), bus));
        await other.AnsweredAsync(House.Ready, cancel);
        await holder.AnsweredAsync(House.Ready, cancel);
        var fleet = context.Keep(await Fleet.ConnectAsync(holder.Address, sizes.CommandDevices, House.DeviceKey, cancel));
        fleet.Obey();
        ServerProcess[] both = [holder, other];
        var stage = new CommandStage(new CommandSide(holder, both, sizes, house.Token), new CommandSide(other, both, sizes, house.Token), sizes.Seconds);
        await stage.WarmAsync(sizes.WarmSeconds, cancel);
        return stage;
    }
}
