using Irori.Chaos.Stages;

namespace Irori.Chaos.Faults;

/// <summary>One node no longer reaches the database, the others do: they take it for dead.</summary>
internal sealed class CutFromPostgres : ChaosFault
{
    public override string Name => "cut-from-postgres";

    public override string Summary => "the way of one node to PostgreSQL either carries nothing and stays open, or is closed";

    public override string Recovery => "the node to reach PostgreSQL, to take a new life if its lease was over, and to open its links again";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var number = scene.AnyNode();
        var node = scene.Stage.Nodes[number];
        var mode = scene.Any(RelayMode.Stall, RelayMode.Drop);
        scene.Silence(number);
        scene.Say($"{node.Name} is cut off from PostgreSQL ({mode})");
        node.Database!.Set(mode);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        node.Database.Set(RelayMode.Forward);
    }
}
