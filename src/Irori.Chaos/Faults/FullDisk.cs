using Irori.Chaos.Actors;
using Irori.Chaos.Stages;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>The database's disk fills up, first nearly, then wholly, and is freed again.</summary>
internal sealed class FullDisk(DatabaseEngine engine) : ChaosFault
{
    private const double NearlyFull = 0.04;
    private const int Ballast = 24_000;
    private const int SurelyFailing = 6;

    public override string Name => $"full-disk-{Plan.Word}";

    public override string Summary => "the database's disk filled until 4 % is free, then wholly, and freed after the time of the fault";

    public override string Recovery => "each node to measure that there is room again (every two seconds); PostgreSQL, if it gave up, to be started; Irori never is";

    public override StagePlan Plan { get; } = new(engine, Trick.SmallDisk);

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var (stage, crew, patience) = (scene.Stage, scene.Crew, scene.Options.RecoveryLimit);
        scene.Say("The disk is nearly full");
        await stage.Disk!.FillAsync(NearlyFull);
        scene.Expect(await stage.BecomesUnreadyAsync(patience, cancel));
        var refused = crew.Devices.ToDictionary(d => d, d => d.Refused);
        scene.Expect(await Crew.WaitAsync(() => refused.Count(r => r.Key.Refused == r.Value) is > 0 and var left ? $"{left} devices were refused no report on a nearly full disk" : null, patience, cancel));
        var (taken, begun) = (crew.Acknowledged, Moment.Now);
        await Task.Delay(scene.Options.Duration / 2, cancel);
        scene.Expect(crew.Acknowledged == taken, $"{crew.Acknowledged - taken} reports were acknowledged although the disk is nearly full");
        scene.Expect(crew.App.Commands.Any(c => c.At > begun && c.Error == 0), "no command was done on a nearly full disk, although there is room for its outcome");

        scene.Say("The disk is full");
        await stage.Disk.FillAsync(leaving: 0);
        // Large ones, so that whatever room the files still have inside is soon used up.
        crew.App.Ballast = Ballast;
        scene.Expect(await Crew.WaitAsync(() => crew.App.Failing >= SurelyFailing ? null : "commands are still done on a full disk", patience, cancel));
        crew.App.Ballast = 0;
        for (var n = 0; n < stage.Nodes.Count; n++) scene.Expect(await crew.App.ReadsAsync(n, patience, cancel), $"{stage.Nodes[n].Name} answers no list on a full disk");
        await scene.HoldAsync(scene.Options.Duration / 2, cancel);
        scene.Expect(crew.Acknowledged == taken, $"{crew.Acknowledged - taken} reports were acknowledged although the disk is full");
        scene.Expect(await stage.BecomesUnreadyAsync(TimeSpan.Zero, cancel));

        stage.Disk.Free();
        scene.Say("The disk has room again");
        if (stage.Postgres is not { Runs: false } postgres) return;
        scene.Say("PostgreSQL had given up, and is started");
        await postgres.RunAsync(cancel);
    }
}
