using Irori.Chaos.Actors;
using Irori.Chaos.Stages;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>Nodes die again and again at any moment, and are started at once. After each kill little is checked, at the end everything.</summary>
internal sealed class Kills(int count, DatabaseEngine engine) : ChaosFault
{
    private const int Told = 20;
    private const double LongestPause = 1_000;

    public override string Name => $"kills-{Plan.Word}";

    public override string Summary => $"{count} times kill -9 of a node on {engine} at a random moment, and its start";

    public override string Recovery => "the start of the node until it is ready, and its devices and feeds to connect again";

    public override StagePlan Plan { get; } = new(engine);

    public override TimeSpan Longest(ChaosOptions options) => count * options.RecoveryLimit;

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        for (var kill = 1; kill <= count; kill++)
        {
            var number = scene.AnyNode();
            var node = scene.Stage.Nodes[number];
            scene.Silence(number);
            await Task.Delay(TimeSpan.FromMilliseconds(scene.Dice.Next() * LongestPause), cancel);
            await node.KillAsync();
            var before = scene.Crew.Acknowledged;
            node.Start();
            var wrong = await scene.Stage.BecomesReadyAsync(scene.Options.RecoveryLimit, cancel)
                ?? await Crew.WaitAsync(() => scene.Crew.Acknowledged > before ? null : "no report was acknowledged", scene.Options.RecoveryLimit, cancel);
            if (wrong is not null)
            {
                scene.Expect(holds: false, $"after kill {kill}: {wrong}");
                return;
            }

            var doubled = scene.Crew.Devices.SelectMany(d => d.Commands.Where(c => c.Value.Count > 1)).Count();
            scene.Expect(doubled == 0, $"after kill {kill}: {doubled} commands came more than once");
            if (kill % Told == 0) scene.Say($"{kill} kills, {scene.Crew.Acknowledged} reports acknowledged");
        }
    }
}
