using Dapper;
using Irori.Server.Move;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Storage.Move;
using Irori.Tests.Cli;
using Irori.Tests.Server;
using Npgsql;
using Shouldly;

namespace Irori.Tests.Move;

/// <summary>An installation that grows from one file to PostgreSQL.</summary>
public sealed class MoveTests : IDisposable
{
    // Tables of which the filled installation needs no row.
    private static readonly string[] MayBeEmpty = ["claims", "projections"];

    private readonly string _folder = Directory.CreateTempSubdirectory("irori-move-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IroriSettings Settings => new() { Data = _folder };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_moved_installation_is_the_same_and_goes_on_and_the_file_it_came_from_does_not()
    {
        var made = await FilledInstallation.MakeAsync(_folder);
        var database = await Postgres.NewDatabaseAsync();

        var run = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder, "--json");

        run.Code.ShouldBe(0, run.Error);
        var rows = run.Json.AsArray().ToDictionary(t => (string)t!["table"]!, t => (long)t!["rows"]!);
        rows.Where(t => t.Value == 0).Select(t => t.Key).ShouldBeSubsetOf(MayBeEmpty);
        rows["points"].ShouldBeGreaterThan(100, "one for each report");
        run.Error.ShouldContain("copied points: ");
        run.Error.ShouldContain(" rows a second");
        run.Error.ShouldContain("\"Engine\": \"PostgreSql\"");
        await made.GoesOnAsync(database);
        (await Should.ThrowAsync<StartupException>(TestServer.StartAsync(settings: s => FilledInstallation.On(s, _folder)))).Message.ShouldContain("was moved to PostgreSQL");
        (await CliRun.RunAsync("admin", "account", "list", "--data", _folder)).Error.ShouldContain("was moved to PostgreSQL");
        (await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder)).Error.ShouldContain("holds this installation already");
    }

    [Fact]
    public async Task Cut_off_at_random_points_it_goes_on_where_it_was_and_nobody_takes_the_half_for_a_whole()
    {
        var random = new Random(Effort.Seed);
        TestContext.Current.TestOutputHelper!.WriteLine($"Seed {Effort.Seed}");
        var made = await FilledInstallation.MakeAsync(_folder);
        var database = await Postgres.NewDatabaseAsync();
        var cuts = 0;
        var copied = new Dictionary<string, long>();
        while (await RunCutAsync(database, random.Next(1, 20 + (20 * cuts)), copied) is null)
        {
            (await DatabaseInspection.ReadAsync(database, Cancel)).ShouldBeNull();
            (++cuts).ShouldBeLessThan(200);
        }

        cuts.ShouldBeGreaterThan(5);
        await made.GoesOnAsync(database);
    }

    [Fact]
    public async Task A_program_that_is_killed_leaves_a_move_that_can_be_finished()
    {
        var made = await FilledInstallation.MakeAsync(_folder, points: 30_000);
        var database = await Postgres.NewDatabaseAsync();
        await using (var program = IroriProcess.Start(null, "move", "--to", database.ConnectionString, "--data", _folder))
        {
            await ProgressAsync(database);
            await program.SignalAsync("KILL");
            (await program.EndAsync()).Code.ShouldNotBe(0);
        }

        var run = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
        run.Code.ShouldBe(0, run.Error);
        await made.GoesOnAsync(database);
    }

    [Fact]
    public async Task A_database_that_holds_anything_else_is_refused_and_left_as_it_is()
    {
        await FilledInstallation.MakeAsync(_folder, points: 20);
        var foreign = await Postgres.NewDatabaseAsync();
        await ExecuteAsync(foreign, "CREATE TABLE precious (n BIGINT)");
        var other = await Postgres.NewDatabaseAsync();
        await using (await TestServer.StartAsync(settings: s => s with { Database = new DatabaseSection { Engine = other.Engine, ConnectionString = other.ConnectionString } }))
        {
        }

        foreach (var database in new[] { foreign, other })
        {
            var before = await TablesAsync(database);
            var run = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
            (run.Code, run.Error.Trim()).ShouldBe((1, "The PostgreSQL database has tables already; name an empty one by --to (createdb makes one)."));
            (await TablesAsync(database)).ShouldBe(before);
        }

        File.Exists(Path.Combine(_folder, MovedMark.FileName)).ShouldBeFalse();
        await using var again = await TestServer.StartAsync(settings: s => FilledInstallation.On(s, _folder));
    }

    [Fact]
    public async Task The_move_of_another_installation_that_was_cut_off_is_not_taken_over()
    {
        await FilledInstallation.MakeAsync(_folder, points: 20);
        var database = await Postgres.NewDatabaseAsync();
        await ExecuteAsync(database, "CREATE SCHEMA irori_move; CREATE TABLE irori_move.move_of (installation TEXT PRIMARY KEY); INSERT INTO irori_move.move_of VALUES ('another')");

        var run = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
        (run.Code, run.Error).ShouldBe((1, run.Error));
        run.Error.ShouldContain("--again");

        var begun = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder, "--again");
        begun.Code.ShouldBe(0, begun.Error);
    }

    [Fact]
    public async Task What_was_changed_after_a_cut_is_noticed_and_moved_by_beginning_again()
    {
        var made = await FilledInstallation.MakeAsync(_folder);
        var database = await Postgres.NewDatabaseAsync();
        // The devices were copied when the cut came: they come before points.
        (await RunCutAsync(database, cutAt: p => p is { Stage: MoveStage.Copying, Table: "points", Done: > 0 })).ShouldBeNull();
        await using (await TestServer.StartAsync(settings: s => FilledInstallation.On(s, _folder)))
        {
        }

        var run = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("The table nodes differs");
        run.Error.ShouldContain("--again");
        (await DatabaseInspection.ReadAsync(database, Cancel)).ShouldBeNull();

        (await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder, "--again")).Code.ShouldBe(0);
        await made.GoesOnAsync(database);
    }

    [Fact]
    public async Task A_running_server_an_absent_installation_and_a_database_that_is_away_are_sentences()
    {
        var database = await Postgres.NewDatabaseAsync();
        var absent = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
        (absent.Code, absent.Error.Trim()).ShouldBe((2, $"There is no installation in {_folder}; start the server once on it (irori run), or name another folder by --data."));
        await using (await TestServer.StartAsync(settings: s => FilledInstallation.On(s, _folder)))
        {
            var running = await CliRun.RunAsync("move", "--to", database.ConnectionString, "--data", _folder);
            running.Code.ShouldBe(2);
            running.Error.ShouldContain("stop the server that runs on it");
        }

        var away = await CliRun.RunAsync("move", "--to", "Host=/nowhere;Database=none;Timeout=1", "--data", _folder);
        away.Code.ShouldBe(1);
        away.Error.ShouldContain("The move was cut off (");
        (await CliRun.RunAsync("move", "--to", "Hots=x", "--data", _folder)).Code.ShouldBe(2);
        (await TablesAsync(database)).ShouldBeEmpty();
    }

    // Null when it was cut.
    private Task<MoveSummary?> RunCutAsync(DatabaseSettings database, int after, Dictionary<string, long> copied) => RunCutAsync(database, cutAt: p =>
    {
        // Rows that were copied before the cut are not copied again.
        if (p.Stage == MoveStage.Copying) copied[p.Table] = Math.Max(p.Done, copied.GetValueOrDefault(p.Table));
        if (p.Stage == MoveStage.Copying) p.Done.ShouldBe(copied[p.Table]);
        return --after == 0;
    });

    private async Task<MoveSummary?> RunCutAsync(DatabaseSettings database, Func<MoveProgress, bool> cutAt)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        try
        {
            return await InstallationMove.RunAsync(
                Settings, null, database.ConnectionString, new MoveOptions { Page = 30 }, TimeProvider.System,
                p =>
                {
                    if (cutAt(p)) cut.Cancel();
                },
                cut.Token);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            return null;
        }
    }

    // Waits until the points are on their way.
    private static async Task ProgressAsync(DatabaseSettings database)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(limit.Token);
        while (await connection.ExecuteScalarAsync<string>("SELECT to_regclass('irori_move.move_progress')::text") is null) await timer.WaitForNextTickAsync(limit.Token);
        while (await connection.ExecuteScalarAsync<long>("SELECT coalesce(max(copied), 0) FROM irori_move.move_progress") < 1_000) await timer.WaitForNextTickAsync(limit.Token);
    }

    private static async Task ExecuteAsync(DatabaseSettings database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(DatabaseSettings database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        return (await connection.QueryAsync<string>(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")).AsList();
    }
}
