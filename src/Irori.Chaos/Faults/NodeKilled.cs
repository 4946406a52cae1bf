namespace Irori.Chaos.Faults;

/// <summary>A node dies in the middle of everything, and is started again.</summary>
internal sealed class NodeKilled : ChaosFault
{
    public override string Name => "node-killed";

    public override string Summary => "kill -9 of a node, which is started again after the time of the fault";

    public override string Recovery => "the start of the node until it is ready, and its devices and feeds to connect again";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var number = scene.AnyNode();
        var node = scene.Stage.Nodes[number];
        scene.Silence(number);
        scene.Say($"{node.Name} is killed");
        await node.KillAsync();
        await scene.HoldAsync(scene.Options.Duration, cancel);
        node.Start();
    }
}
