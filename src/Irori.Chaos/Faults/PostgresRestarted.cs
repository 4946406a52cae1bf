namespace Irori.Chaos.Faults;

/// <summary>The database goes away, for longer than a lease, and comes back: no device may be told offline for that.</summary>
internal sealed class PostgresRestarted : ChaosFault
{
    public override string Name => "postgres-restarted";

    public override string Summary => "PostgreSQL stopped, by INT (sessions are cut) or by QUIT (as in a crash), and started again after the time of the fault";

    public override string Recovery => "PostgreSQL to serve, and each node to renew its lease";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var signal = scene.Any("INT", "QUIT");
        scene.Say($"PostgreSQL is stopped by {signal}");
        await scene.Stage.Postgres!.StopAsync(signal);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        await scene.Stage.Postgres.RunAsync(cancel);
    }
}
