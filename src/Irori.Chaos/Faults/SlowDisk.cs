using Irori.Chaos.Stages;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>Every commit waits for its disk.</summary>
internal sealed class SlowDisk(DatabaseEngine engine) : ChaosFault
{
    // Of the lease. To renew it takes two syncs or three, when others are under way; a slower disk cannot keep leases.
    private const double Least = 0.03;
    private const double Most = 0.1;

    public override string Name => $"slow-disk-{Plan.Word}";

    public override string Summary => "every fsync of the database is late, by up to a tenth of the lease";

    public override string Recovery => "what waits for the disk to be committed";

    public override StagePlan Plan { get; } = new(engine, Trick.SlowDisk);

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var late = (int)(scene.Dice.Between(Least, Most) * scene.Options.Lease.TotalMilliseconds);
        var before = scene.Crew.Acknowledged;
        scene.Say($"Every fsync is {late} ms late");
        await scene.Stage.SlowDownAsync(late);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        await scene.Stage.SlowDownAsync(0);
        scene.Expect(scene.Crew.Acknowledged > before, "no report was acknowledged");
    }
}
