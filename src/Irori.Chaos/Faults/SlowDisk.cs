using Irori.Chaos.Stages;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>Every commit waits for its disk.</summary>
internal sealed class SlowDisk(DatabaseEngine engine) : ChaosFault
{
    private const double Least = 200;
    private const double Most = 800;

    public override string Name => $"slow-disk-{Plan.Word}";

    public override string Summary => "every fsync of the database is 0.2 to 0.8 s late";

    public override string Recovery => "what waits for the disk to be committed";

    public override StagePlan Plan { get; } = new(engine, Trick.SlowDisk);

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var late = (int)scene.Dice.Between(Least, Most);
        var before = scene.Crew.Acknowledged;
        scene.Say($"Every fsync is {late} ms late");
        await scene.Stage.SlowDownAsync(late);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        await scene.Stage.SlowDownAsync(0);
        scene.Expect(scene.Crew.Acknowledged > before, "no report was acknowledged");
    }
}
