using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Server.Hosting;

namespace Irori.Server.Files;

/// <summary>What an import did.</summary>
/// <param name="Rows">Rows in the file.</param>
/// <param name="Added">Devices entered into the records.</param>
/// <param name="Same">Devices that were there, the same.</param>
/// <param name="Wrong">Rows that are wrong or differ from what is there.</param>
/// <param name="UnusualIds">Taken devices whose id has not the form of CoolKit's.</param>
/// <param name="Problems">The first problems, in the order of the file.</param>
public sealed record ImportSummary(long Rows, long Added, long Same, long Wrong, long UnusualIds, IReadOnlyList<ImportProblem> Problems);

/// <summary>Imports a file of devices in small transactions, so that a server on the same database hardly waits.</summary>
public sealed class DeviceImporter(Administration home, string? defaultProduct)
{
    /// <summary>Problems that are told one by one.</summary>
    public const int MaxProblems = 1000;

    private readonly Dictionary<string, ProductView?> _products = new(StringComparer.Ordinal);
    private readonly List<(DeviceRow Row, NewDevice Device, ProductView Product)> _batch = new(DeviceRegistry.MaxImport);
    private readonly List<ImportProblem> _problems = [];
    private readonly HashSet<long> _wrongLines = [];
    private long _added;
    private long _same;
    private long _unusual;

    /// <summary>Imports a stream; progress is told as a part of 1.</summary>
    /// <exception cref="InvalidDataException">The file is none of devices at all.</exception>
    public async Task<ImportSummary> RunAsync(Stream stream, Action<double> progress, CancellationToken cancel)
    {
        using var reader = new StreamReader(stream);
        foreach (var row in DeviceRows.Read(reader, Note))
        {
            await TakeAsync(row with { Product = row.Product ?? defaultProduct }, cancel);
            if (_batch.Count < DeviceRegistry.MaxImport) continue;
            await CommitAsync(cancel);
            progress(stream.Length == 0 ? 1 : (double)stream.Position / stream.Length);
        }

        await CommitAsync(cancel);
        progress(1);
        return new ImportSummary(_added + _same + _wrongLines.Count, _added, _same, _wrongLines.Count, _unusual, [.. _problems.OrderBy(p => p.Line)]);
    }

    private async Task TakeAsync(DeviceRow row, CancellationToken cancel)
    {
        var wrong = row.Check(needsKey: true).ToList();
        foreach (var (field, fix) in wrong) Note(new ImportProblem(row.Line, field, fix));
        if (wrong.Count > 0) return;
        if (await ProductAsync(row.Product!, cancel) is { } product) _batch.Add((row, row.ToDevice(DeviceSource.Imported), product));
        else Note(new ImportProblem(row.Line, "product", $"{row.Product} is not there; irori admin product list shows which are"));
    }

    private async Task<ProductView?> ProductAsync(string id, CancellationToken cancel)
    {
        if (_products.TryGetValue(id, out var known)) return known;
        return _products[id] = await home.Service<ProductService>().FindAsync(id, cancel);
    }

    private async Task CommitAsync(CancellationToken cancel)
    {
        if (_batch.Count == 0) return;
        var done = await home.Service<DeviceRegistry>().ImportAsync([.. _batch.Select(b => (b.Device, b.Product))], cancel);
        if (!done.Try(out var outcomes, out var fault)) throw new UnavailableException(fault.Reason);
        for (var i = 0; i < outcomes.Count; i++) Count(_batch[i].Row, outcomes[i]);
        _batch.Clear();
    }

    private void Count(DeviceRow row, ImportOutcome outcome)
    {
        foreach (var field in outcome.Differing) Note(new ImportProblem(row.Line, field, $"differs from what is there of device {row.Id}, which stays as it is"));
        if (outcome.Differing.Count > 0) return;
        if (outcome.Added) _added++;
        else _same++;
        if (!DeviceRow.IsUsualId(row.Id!)) _unusual++;
    }

    private void Note(ImportProblem problem)
    {
        _wrongLines.Add(problem.Line);
        if (_problems.Count < MaxProblems) _problems.Add(problem);
    }
}
