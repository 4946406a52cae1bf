using Irori.Chaos.Stages;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>The nodes' wall clocks jump, each by its own step, forth and back. Nobody is to notice.</summary>
internal sealed class ClockStepped(DatabaseEngine engine) : ChaosFault
{
    private const double Least = 30;
    private const double Most = 26 * 3_600;

    public override string Name => $"clock-stepped-{Plan.Word}";

    public override string Summary => "the clock of every node stepped by 30 s to 26 h in one direction, then in the other, then put right";

    public override string Recovery => "each node to renew its lease once, after a third of it: on SQLite the node's clock is the database's";

    public override StagePlan Plan { get; } = new(engine, Trick.Clock);

    public override bool ClocksAgree => false;

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var steps = scene.Stage.Nodes.Select(_ => scene.Any(1, -1) * (int)scene.Dice.Between(Least, Most)).ToList();
        foreach (var direction in (int[])[1, -1])
        {
            foreach (var (node, step) in scene.Stage.Nodes.Zip(steps, (node, step) => (node, step * direction)))
            {
                scene.Say($"The clock of {node.Name} is {step:+0;-0} s off");
                node.StepClock(step);
            }

            await scene.HoldAsync(scene.Options.Duration / 2, cancel);
        }

        foreach (var node in scene.Stage.Nodes) node.StepClock(0);
        await Task.Delay(scene.Options.Lease / 3 + scene.Options.FeedLimit, cancel);
    }
}
