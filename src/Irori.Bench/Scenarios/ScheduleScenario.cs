using System.Data.Common;
using System.Globalization;
using Dapper;
using Irori.Bench.Load;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Schedules that fall due in one moment, to the recorded end of their runs.</summary>
internal sealed class ScheduleScenario(DatabaseEngine engine) : Scenario
{
    public override string Name => $"schedules-{engine.Word()}";

    public override char Letter => 'j';

    public override string Summary =>
        $"Schedules due in one moment over 1,000 devices on {engine.Title()}: taken, begun, sent, acknowledged, recorded and moved on; from when they were due to the last end";

    public override string Reference => "The same commands by HTTP on the same server, 64 in flight";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(CommandScenario.Rate, "commands", "1/s", new Bar(BarKind.ValueAtLeast, 2_000)),
        new("cpu", "processor time of the server per command", "µs"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var house = await House.MakeAsync(context, engine, sizes.CommandDevices, sizes.CommandDevices, cancel);
        var server = context.Keep(house.Launch(tls: false));
        var side = await CommandSide.StartAsync(context, server, House.Ready, house.Token, cancel);
        await side.LoadAsync(sizes.WarmSeconds, cancel);
        return new ScheduleStage(side, server, house.Database, sizes);
    }
}

/// <summary>Rounds of commands by HTTP and by schedules.</summary>
internal sealed class ScheduleStage(CommandSide commands, ServerProcess server, DatabaseSettings database, Sizes sizes) : IStage
{
    // They are all there before the first is due.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(4);

    private int _round;

    public Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel) => commands.RunAsync(sizes.Seconds, cancel);

    public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel)
    {
        await using var connection = await Seed.OpenAsync(database, cancel);
        var family = $"bench-{++_round}";
        var due = TimeProvider.System.GetUtcNow() + Ahead;
        await connection.ExecuteAsync(new CommandDefinition(Insert(family, due), cancellationToken: cancel));
        if (TimeProvider.System.GetUtcNow() >= due) throw new BenchException($"{sizes.Schedules} schedules could not be made in {Ahead.TotalSeconds} s");
        var processor = server.Processor;
        var ended = await EndAsync(connection, family, cancel);
        return new Dictionary<string, double>
        {
            [CommandScenario.Rate] = sizes.Schedules / (ended - due.ToUnixTimeMilliseconds()) * 1_000, ["cpu"] = (server.Processor - processor).TotalMicroseconds / sizes.Schedules,
        };
    }

    private string Insert(string family, DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        var once = $$"""{"kind":"once","at":"{{at.ToString("O", CultureInfo.InvariantCulture)}}"}""";
        return $$"""
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{sizes.Schedules - 1}})
            INSERT INTO schedules (id, account, app, family, recurrence, zone, enabled, valid, plan, original, created, updated, next_due)
            SELECT '{{family}}-' || i, (SELECT min(account) FROM bindings), 'bench', '{{family}}', '{{once}}', 'UTC', TRUE, TRUE,
                '{"branches":[[{"id":"' || CAST({{DeviceIds.First}} + i % {{sizes.CommandDevices}} AS TEXT) || '","body":"{\"switch\":\"on\"}"}]]}', '{}', {{now}}, {{now}}, {{now}} FROM n
            """;
    }

    // When the last of them ended; one that failed is no command. What is asked again and again must cost the database little.
    private async Task<double> EndAsync(DbConnection connection, string family, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            await timer.WaitForNextTickAsync(cancel);
        }
        while (await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM schedules WHERE next_due IS NOT NULL) OR EXISTS (SELECT 1 FROM runs WHERE state = 'Pending') OR EXISTS (SELECT 1 FROM runs WHERE state = 'Sent')
                THEN 1 ELSE 0 END
            """,
            cancellationToken: cancel)) == 1);
        var runs = await connection.QuerySingleAsync<(long Done, long Last)>(new CommandDefinition(
            "SELECT count(CASE WHEN r.state = 'Done' THEN 1 END), max(r.ended_at) FROM runs r JOIN schedules s ON s.no = r.schedule WHERE s.family = @family", new { family }, cancellationToken: cancel));
        if (runs.Done < sizes.Schedules) throw new BenchException($"{sizes.Schedules - runs.Done} of {sizes.Schedules} runs were not carried out");
        return runs.Last;
    }
}
