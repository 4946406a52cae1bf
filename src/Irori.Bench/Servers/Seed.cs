using System.Data.Common;
using Dapper;
using Irori.Bench.Load;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Installation;
using Irori.Core.States;
using Irori.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Irori.Bench.Servers;

/// <summary>What is seeded.</summary>
/// <param name="Product">Of every device.</param>
/// <param name="Account">Who owns the first home.</param>
/// <param name="Home">The first home.</param>
/// <param name="Devices">How many.</param>
/// <param name="PerHome">How many in each home.</param>
/// <param name="Key">The encrypted key of every device.</param>
internal sealed record SeedPlan(long Product, long Account, long Home, int Devices, int PerHome, byte[] Key);

/// <summary>Fills a database with devices by set-based statements, the same on both engines: a million devices in well under a minute.</summary>
internal static class Seed
{
    // Numbers of what is seeded, beyond any that the services have minted.
    private const long Offset = 10_000_000;
    private const int CommandSeconds = 3_600;

    public static async Task RunAsync(DatabaseSettings database, SeedPlan plan, CancellationToken cancel)
    {
        var sqlite = database.Engine == DatabaseEngine.Sqlite;
        await using var connection = await OpenAsync(database, cancel);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (sqlite) await ExecuteAsync("PRAGMA synchronous = OFF; BEGIN");
        foreach (var statement in Statements(plan, now)) await ExecuteAsync(statement);
        await ExecuteAsync(sqlite ? "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)" : "VACUUM ANALYZE");

        Task ExecuteAsync(string sql) => connection.ExecuteAsync(new CommandDefinition(sql, new { plan.Key }, commandTimeout: CommandSeconds, cancellationToken: cancel));
    }

    /// <summary>Gives the member of every home a session, in the order of the homes' devices.</summary>
    public static async Task<IReadOnlyList<Listener>> SignInAllAsync(DatabaseSettings database, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(database, cancel);
        var people = (await connection.QueryAsync<(long No, string Id)>(
            new CommandDefinition("SELECT a.no, a.id FROM members m JOIN accounts a ON a.no = m.account ORDER BY a.no", cancellationToken: cancel))).ToList();
        var now = TimeProvider.System.GetUtcNow();
        var listeners = people.Select(p => new Listener(p.Id, Ids.Token())).ToList();
        var rows = people.Zip(listeners, (person, listener) => new
        {
            Account = person.No, Access = KeyRing.HashToken(listener.Token), Refresh = KeyRing.HashToken(Ids.Token()), Until = now.AddDays(1).ToUnixTimeMilliseconds(),
            Now = now.ToUnixTimeMilliseconds(),
        });
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO sessions (account, app, access_hash, access_until, refresh_hash, refresh_until, opened)
            SELECT @Account, no, @Access, @Until, @Refresh, @Until, @Now FROM apps WHERE dialect = 'coolkit'
            """,
            rows, transaction, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return listeners;
    }

    /// <summary>What the database has as the <c>step</c> of every device; 0: nothing.</summary>
    public static async Task<IReadOnlyList<long>> ReadStepsAsync(DatabaseSettings database, int devices, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(database, cancel);
        var states = (await connection.QueryAsync<string>(new CommandDefinition("SELECT vals FROM states ORDER BY device", cancellationToken: cancel))).ToList();
        if (states.Count != devices) throw new BenchException($"The database has the states of {states.Count} devices, not of {devices}");
        return [.. states.Select(s => StateText.ReadValues(s).TryGetValue("step", out var step) ? long.Parse(step.Json) : 0)];
    }

    /// <summary>Opens a connection of the bench's own. The house was opened by Irori before, which chose SQLite's library.</summary>
    public static async Task<DbConnection> OpenAsync(DatabaseSettings database, CancellationToken cancel)
    {
        DbConnection connection = database.Engine == DatabaseEngine.Sqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database.SqlitePath, Pooling = false }.ToString())
            : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static IEnumerable<string> Statements(SeedPlan plan, long now)
    {
        var homes = (plan.Devices + plan.PerHome - 1) / plan.PerHome;
        var others = $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {homes - 1})";
        if (homes > 1)
        {
            yield return $"""
                {others} INSERT INTO accounts (no, id, region, calling_code, lang, nickname, accepts_ads, consulted, created)
                SELECT {Offset} + i, 'bench-account-' || i, 'eu', '+49', 'en', '', FALSE, FALSE, {now} FROM n
                """;
            yield return $"{others} INSERT INTO homes (no, id, name) SELECT {Offset} + i, 'bench-home-' || i, 'Home' FROM n";
            yield return $"{others} INSERT INTO members (home, account, role) SELECT {Offset} + i, {Offset} + i, 'Owner' FROM n";
        }

        var all = $"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {plan.Devices - 1})";
        var account = $"CASE WHEN i < {plan.PerHome} THEN {plan.Account} ELSE {Offset} + i / {plan.PerHome} END";
        var home = $"CASE WHEN i < {plan.PerHome} THEN {plan.Home} ELSE {Offset} + i / {plan.PerHome} END";
        var factory = DeviceJson.Write(new FactoryData());
        yield return $$"""
            {{all}} INSERT INTO devices (no, id, product, source, name, lifecycle, owner_since, tags, factory, access_version, created)
            SELECT i + 1, CAST({{DeviceIds.First}} + i AS TEXT), {{plan.Product}}, 'Made', 'Plug', 'Active', {{now}}, '{}', '{{factory}}', 1, {{now}} FROM n
            """;
        yield return $$$"""
            {{{all}}} INSERT INTO states (device, epoch, version, vals, last_keys, updated)
            SELECT i + 1, 1, 1, '{"switch":{"v":"on","t":{{{now}}},"a":{{{now}}}},"power":{"v":"12.5","t":{{{now}}},"a":{{{now}}}}}', '[]', {{{now}}} FROM n
            """;
        yield return $"{all} INSERT INTO credentials (device, dialect, kind, secret_enc) SELECT i + 1, 'coolkit', 'key', @Key FROM n";
        yield return $$"""
            {{all}} INSERT INTO bindings (account, device, role, settings, permit, since, placed) SELECT {{account}}, i + 1, 'Owner', '{}', 0, {{now}}, TRUE FROM n
            """;
        yield return $"{all} INSERT INTO placements (account, item_kind, item, home) SELECT {account}, 'device', i + 1, {home} FROM n";
        yield return $"{all} INSERT INTO ranks (owner_kind, owner, list, item_kind, item, rank) SELECT 'home', {home}, 'things', 'device', i + 1, i FROM n";
    }
}
