using Irori.Chaos.Stages;

namespace Irori.Chaos.Faults;

/// <summary>One node no longer reaches the broker, the others do.</summary>
internal sealed class CutFromRabbit : ChaosFault
{
    public override string Name => "cut-from-rabbit";

    public override string Summary => "the way of one node to RabbitMQ either carries nothing and stays open, or is closed";

    public override string Recovery => "the node to connect to RabbitMQ and to hear the others";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var node = scene.Stage.Nodes[scene.AnyNode()];
        var mode = scene.Any(RelayMode.Stall, RelayMode.Drop);
        scene.Say($"{node.Name} is cut off from RabbitMQ ({mode})");
        node.Broker!.Set(mode);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        node.Broker.Set(RelayMode.Forward);
    }
}
