using System.Data.Common;
using System.Globalization;
using Dapper;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Changes of devices that are followed from the outbox, each held against the rules that wait for it.</summary>
internal sealed class RuleScenario(DatabaseEngine engine) : Scenario
{
    /// <summary>Rules that each device sets off.</summary>
    public const int PerDevice = 4;

    public override string Name => $"rules-{engine.Word()}";

    public override char Letter => 'k';

    public override string Summary =>
        $"Changes wait in the outbox on {engine.Title()}, each of a device that sets off {PerDevice} rules with a condition that does not hold; by processor time, that is per core";

    public override string Reference => "The same changes of devices that no rule waits for";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(CommandScenario.Rate, "changes", "1/s"), new("evaluations", "rules held against changes, per second of processor time", "1/s"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var house = await House.MakeAsync(context, engine, sizes.CommandDevices * 2, sizes.CommandDevices * 2, cancel);
        await using (var connection = await Seed.OpenAsync(house.Database, cancel))
        {
            foreach (var statement in RuleStage.Rules(sizes.CommandDevices)) await connection.ExecuteAsync(new CommandDefinition(statement, cancellationToken: cancel));
        }

        var server = context.Keep(house.Launch(tls: false));
        await server.AnsweredAsync(House.Ready, cancel);
        var stage = new RuleStage(server, house.Database, sizes);
        await stage.IroriAsync(cancel);
        return stage;
    }
}

/// <summary>Rounds of changes with and without rules.</summary>
internal sealed class RuleStage(ServerProcess server, DatabaseSettings database, Sizes sizes) : IStage
{
    // Numbers of what is seeded, beyond any that the services have minted.
    private const long Offset = 10_000_000;

    // The first half of the devices has rules.
    public Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel) => RunAsync(sizes.CommandDevices, cancel);

    public Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => RunAsync(0, cancel);

    /// <summary>Rules of as many devices: on any change, where the power is more than any device has.</summary>
    public static IEnumerable<string> Rules(int devices)
    {
        var all = $"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {devices * RuleScenario.PerDevice - 1})";
        var device = $"i / {RuleScenario.PerDevice} + 1";
        var id = $"(SELECT d.id FROM devices d WHERE d.no = {device})";
        yield return $$$"""
            {{{all}}} INSERT INTO scenes (no, id, account, app, family, kind, name, enabled, valid, rule, plan, original, created, updated)
            SELECT {{{Offset}}} + i, 'bench-' || i, (SELECT min(account) FROM bindings), 'bench', 'bench', 'Automatic', 'Rule', TRUE, TRUE,
                '{"triggers":[{"device":"' || {{{id}}} || '"}],"conditions":[[{"left":{"device":"' || {{{id}}} || '","property":"power"},"how":"Greater","right":{"json":"1000000"}}]]}',
                '{"branches":[[{"id":"' || {{{id}}} || '","body":"{}"}]]}', '{}', 0, 0 FROM n
            """;
        yield return $"{all} INSERT INTO scene_refs (scene, device, use) SELECT {Offset} + i, {device}, 'Trigger' FROM n";
        yield return "UPDATE states SET watch = 8 WHERE device IN (SELECT device FROM scene_refs)";
    }

    private async Task<IReadOnlyDictionary<string, double>> RunAsync(int from, CancellationToken cancel)
    {
        await using var connection = await Seed.OpenAsync(database, cancel);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var processor = server.Processor;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        await connection.ExecuteAsync(new CommandDefinition(
            $$$"""
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{{sizes.Changes - 1}}})
            INSERT INTO outbox (lane, device, kind, at, body)
            SELECT ({{{from}}} + i % {{{sizes.CommandDevices}}} + 1) % 16, {{{from}}} + i % {{{sizes.CommandDevices}}} + 1, 'Changed', {{{now}}}, '{"power":{"old":"12.5","new":"13"}}' FROM n
            """,
            cancellationToken: cancel));
        await FollowedAsync(connection, cancel);
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        return new Dictionary<string, double>
        {
            [CommandScenario.Rate] = sizes.Changes / took.TotalSeconds, ["evaluations"] = sizes.Changes * RuleScenario.PerDevice / (server.Processor - processor).TotalSeconds,
        };
    }

    private static async Task FollowedAsync(DbConnection connection, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            await timer.WaitForNextTickAsync(cancel);
        }
        while (await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT count(*) FROM outbox", cancellationToken: cancel)) > 0);
    }
}
