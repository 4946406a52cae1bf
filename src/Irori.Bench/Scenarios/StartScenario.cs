using Irori.Bench.References;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>What a start costs.</summary>
internal sealed class StartScenario : Scenario
{
    public override string Name => "start";

    public override char Letter => 'd';

    public override string Summary => "a process until its first answer (Irori: that it is ready, the database proven to write), and its resident memory idle";

    public override string Reference => "an empty ASP.NET application (WebApplication.CreateBuilder, one address), in the same publish mode";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new("start", "first answer", "ms", new Bar(BarKind.RatioAtMost, 3)),
        new("resident", "resident memory", "MiB", new Bar(BarKind.RatioAtMost, 3)),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel) =>
        new StartStage(await House.MakeAsync(context, DatabaseEngine.Sqlite, devices: 10, perHome: 10, cancel), context.Sizes.IdleSeconds);

    private sealed class StartStage(House house, double idle) : IStage
    {
        public Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel) => MeasureAsync(Measured.Reference(EmptyApp.Name, collectable: false), "/", cancel);

        public Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => MeasureAsync(house.Launch(tls: false, collectable: false), House.Ready, cancel);

        private async Task<IReadOnlyDictionary<string, double>> MeasureAsync(ServerProcess started, string path, CancellationToken cancel)
        {
            await using var server = started;
            var took = await server.AnsweredAsync(path, cancel);
            await Task.Delay(TimeSpan.FromSeconds(idle), cancel);
            return new Dictionary<string, double> { ["start"] = took.TotalMilliseconds, ["resident"] = server.Resident / 1024.0 / 1024.0 };
        }
    }
}
