using Irori.Chaos.Actors;

namespace Irori.Chaos.Faults;

/// <summary>A node stands still for longer than its lease, and goes on as if nothing had been.</summary>
internal sealed class NodePaused : ChaosFault
{
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(3);

    public override string Name => "node-paused";

    public override string Summary => "SIGSTOP of a node for longer than its lease and grace, then SIGCONT; half of its devices stay, half go elsewhere and leave a report unanswered on it";

    public override string Recovery => "the node to take a new life and to open its links again: at most a renewal, a third of the lease";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var number = scene.AnyNode();
        var node = scene.Stage.Nodes[number];
        var least = scene.Options.Lease + scene.Options.Grace + Beyond;
        scene.Silence(number);
        scene.Say($"{node.Name} stands still");
        await node.PauseAsync();
        // What was sent before may have been committed before the newer connection was there, and its acknowledgement is then true.
        var stands = Moment.Now;
        await scene.HoldAsync(scene.Options.Duration > least ? scene.Options.Duration : least, cancel);
        // What went elsewhere before the node goes on has superseded what it left there.
        var moved = scene.Crew.Devices.Where(d => d.Connection is { } now && now.Node != number)
            .SelectMany(d => d.Left.Where(l => l.Node == number && l.SentAt >= stands).Select(l => (Device: d, Left: l))).ToList();
        scene.Say($"{node.Name} goes on, with {moved.Count} reports of devices that have gone elsewhere");
        scene.Expect(moved.Count > 0, "no device has gone elsewhere and left a report there, so that it was not tried");
        await node.ResumeAsync();
        var open = await Crew.WaitAsync(() => moved.All(m => m.Left.IsOver) ? null : "open", scene.Options.RecoveryLimit, cancel);
        scene.Expect(open is null, $"{moved.Count(m => !m.Left.IsOver)} connections stay open on the node although newer ones have superseded them");
        foreach (var (device, left) in moved)
            scene.Expect(!left.AcknowledgedLate, $"{device.Made.Id}: report {left.Number} was acknowledged by the node although a newer connection had superseded it");
    }
}
