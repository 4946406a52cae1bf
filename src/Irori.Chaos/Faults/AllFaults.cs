using Irori.Storage;

namespace Irori.Chaos.Faults;

/// <summary>The faults by name.</summary>
internal static class AllFaults
{
    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<ChaosFault> List { get; } =
    [
        new NodeKilled(), new NodePaused(), new RabbitRestarted(), new PostgresRestarted(), new CutFromRabbit(), new CutFromPostgres(),
        .. OnBoth(e => new FullDisk(e)), .. OnBoth(e => new SlowDisk(e)), .. OnBoth(e => new ClockStepped(e)),
    ];

    /// <summary>Those of these names; none: all.</summary>
    public static IReadOnlyList<ChaosFault> Named(IReadOnlyList<string> names) => names.Count == 0
        ? List
        : [.. names.Select(n => List.FirstOrDefault(f => f.Name == n) ?? throw new ChaosException($"There is no fault {n}; there are {string.Join(", ", List.Select(f => f.Name))}."))];

    private static IEnumerable<ChaosFault> OnBoth(Func<DatabaseEngine, ChaosFault> fault) => [fault(DatabaseEngine.Sqlite), fault(DatabaseEngine.PostgreSql)];
}
