using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Every scenario, in the order in which they run.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<Scenario> List { get; } =
    [
        new CommandScenario(DatabaseEngine.Sqlite), new CommandScenario(DatabaseEngine.PostgreSql),
        new ReportScenario(DatabaseEngine.Sqlite), new ReportScenario(DatabaseEngine.PostgreSql),
        new LinkScenario(tls: false), new LinkScenario(tls: true),
        new StartScenario(),
        new NodesScenario(),
        new ListScenario(DatabaseEngine.Sqlite, oneHome: false), new ListScenario(DatabaseEngine.PostgreSql, oneHome: false),
        new ListScenario(DatabaseEngine.Sqlite, oneHome: true), new ListScenario(DatabaseEngine.PostgreSql, oneHome: true),
        new PointScenario(DatabaseEngine.Sqlite), new PointScenario(DatabaseEngine.PostgreSql),
        new FeedScenario(DatabaseEngine.Sqlite), new FeedScenario(DatabaseEngine.PostgreSql),
        new GrowthScenario(DatabaseEngine.Sqlite), new GrowthScenario(DatabaseEngine.PostgreSql),
        new ScheduleScenario(DatabaseEngine.Sqlite), new ScheduleScenario(DatabaseEngine.PostgreSql),
        new RuleScenario(DatabaseEngine.Sqlite), new RuleScenario(DatabaseEngine.PostgreSql),
    ];

    /// <summary>Those that are named by name, by the first word of it, or by letter; none named: all.</summary>
    public static IReadOnlyList<Scenario> Named(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (!List.Any(s => Is(s, name)))
                throw new BenchException($"There is no scenario {name}; there are {string.Join(", ", List.Select(s => s.Name))}.");
        }

        return names.Count == 0 ? List : [.. List.Where(s => names.Any(n => Is(s, n)))];
    }

    private static bool Is(Scenario scenario, string name) =>
        scenario.Name == name || scenario.Name.Split('-')[0] == name || (name.Length == 1 && scenario.Letter == name[0]);
}
