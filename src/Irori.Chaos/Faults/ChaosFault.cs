using Irori.Chaos.Actors;
using Irori.Chaos.Stages;
using Irori.Simulator;
using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>What a fault works on.</summary>
/// <param name="Stage">The installation.</param>
/// <param name="Crew">Who uses it.</param>
/// <param name="Dice">Its choices.</param>
/// <param name="Options">The run.</param>
/// <param name="Say">Says how far it is.</param>
internal sealed record Scene(Stage Stage, Crew Crew, Dice Dice, ChaosOptions Options, Action<string> Say)
{
    private readonly HashSet<int> _silenced = [];
    private readonly List<string> _failures = [];

    /// <summary>Nodes that could not keep their lease: their devices may be told offline until the nodes are back.</summary>
    public IReadOnlySet<int> Silenced => _silenced;

    /// <summary>What the fault itself found wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>A node by chance, the likelier the more devices it has.</summary>
    public int AnyNode() => Any([.. Crew.Devices.Select(d => d.Connection?.Node).OfType<int>()]);

    /// <summary>One of several, by chance.</summary>
    public T Any<T>(params ReadOnlySpan<T> choices) => choices[(int)(Dice.Next() * choices.Length)];

    /// <summary>Says that a node cannot keep its lease.</summary>
    public void Silence(int node) => _silenced.Add(node);

    /// <summary>Notes what must hold during the fault.</summary>
    public void Expect(bool holds, string what)
    {
        if (!holds) _failures.Add(what);
    }

    /// <summary>Notes what was wrong, if anything was.</summary>
    public void Expect(string? wrong) => Expect(wrong is null, wrong ?? "");

    /// <summary>Keeps the fault for its time. Towards the end half of the devices fall silent, so that their last word was said during the fault.</summary>
    public async Task HoldAsync(TimeSpan time, CancellationToken cancel)
    {
        await Task.Delay(time * 0.7, cancel);
        Crew.QuietHalf();
        await Task.Delay(time * 0.3, cancel);
    }
}

/// <summary>Something that goes wrong for a bounded time.</summary>
internal abstract class ChaosFault
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is done.</summary>
    public abstract string Summary { get; }

    /// <summary>What Irori needs, after the fault has ended, until it is as before; only then the second for the feeds begins.</summary>
    public abstract string Recovery { get; }

    /// <summary>On what it is tried.</summary>
    public virtual StagePlan Plan { get; } = new(DatabaseEngine.PostgreSql);

    /// <summary>False when the nodes' wall clocks cannot be compared with ours.</summary>
    public virtual bool ClocksAgree => true;

    /// <summary>How long it may last.</summary>
    public virtual TimeSpan Longest(ChaosOptions options) => 2 * options.Duration;

    /// <summary>Injects it, keeps it for its time, and ends it.</summary>
    public abstract Task RunAsync(Scene scene, CancellationToken cancel);
}
