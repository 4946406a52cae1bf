using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Irori.Bench.Load;
using Irori.Bench.References;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Memory of idle links.</summary>
internal sealed class LinkScenario(bool tls) : Scenario
{
    public const string Memory = "bytesPerLink";

    public override string Name => tls ? "links-tls" : "links-plain";

    public override char Letter => 'c';

    public override string Summary => $"memory per idle device link, {(tls ? "TLS" : "plain")}: resident set after a forced collection at 5,000 links, less that before them, by links";

    public override string Reference => "Kestrel that accepts the WebSocket and reads it";

    public override int MostRounds => 3;

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(Memory, "memory per link", "bytes", new Bar(BarKind.RatioAtMost, 2)),
        new("before", "resident before the links", "MiB"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var folder = context.NewFolder();
        var certificate = tls ? Path.Combine(folder, "bench") : null;
        if (certificate is not null) WriteCertificate(certificate);
        var house = await House.MakeAsync(context, DatabaseEngine.Sqlite, context.Sizes.Links, context.Sizes.Links, cancel);
        return new LinkStage(house, certificate, context.Sizes);
    }

    // The same kind of certificate as Irori makes for itself.
    private static void WriteCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(path + ".pem", made.ExportCertificatePem());
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>Starts a fresh server for every round: what a process once took, it does not all give back.</summary>
internal sealed class LinkStage(House house, string? certificate, Sizes sizes) : IStage
{
    private const double Mebibyte = 1024 * 1024;

    public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
    {
        await using var server = Measured.Reference(KestrelHops.Name, certificate);
        await server.AnsweredAsync("/", cancel);
        return await MeasureAsync(server, cancel);
    }

    public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel)
    {
        await using var server = house.Launch(certificate is not null);
        await server.AnsweredAsync(House.Ready, cancel);
        return await MeasureAsync(server, cancel);
    }

    private async Task<IReadOnlyDictionary<string, double>> MeasureAsync(ServerProcess server, CancellationToken cancel)
    {
        await using (await Fleet.ConnectAsync(server.Address, sizes.WarmLinks, House.DeviceKey, cancel))
        {
            // The first links bring code into memory that stays there.
        }

        await server.CollectAsync(cancel);
        var before = server.Resident;
        await using var fleet = await Fleet.ConnectAsync(server.Address, sizes.Links, House.DeviceKey, cancel);
        await Task.Delay(TimeSpan.FromSeconds(sizes.IdleSeconds), cancel);
        await server.CollectAsync(cancel);
        return new Dictionary<string, double> { [LinkScenario.Memory] = (server.Resident - before) / (double)sizes.Links, ["before"] = before / Mebibyte };
    }
}
