using System.Security.Cryptography;
using Irori.Core.Products;

namespace Irori.Core.Firmware;

/// <summary>A release, as the operator brings it.</summary>
/// <param name="ProductId">Id of the product.</param>
/// <param name="Model">The module's own name, as devices say it.</param>
/// <param name="Version">Its version, such as 3.5.1.</param>
/// <param name="Files">Its files, in the order in which devices expect them.</param>
public sealed record NewFirmware(string ProductId, string Model, string Version, IReadOnlyList<NewFirmwareFile> Files);

/// <summary>A file of a new release.</summary>
public sealed record NewFirmwareFile(string Name, ReadOnlyMemory<byte> Bytes);

/// <summary>Which firmware a device has.</summary>
public sealed record FirmwareQuestion(string DeviceId, string Model, string Version);

/// <summary>Firmware that is later than what a device has.</summary>
public sealed record FirmwareOffer(string DeviceId, FirmwareRelease Release);

/// <summary>Firmware: released by the operator, offered to who has a device of its product, fetched by devices.</summary>
public sealed class FirmwareService(IDatabase database, ProductService products, TimeProvider time)
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MaxFile = 16 * 1024 * 1024;

    /// <summary>Most files of a release.</summary>
    public const int MaxFiles = 8;

    /// <summary>Size of every piece of a file but the last, in bytes.</summary>
    public const int Piece = 64 * 1024;

    private const int MaxName = 64;
    private const int MaxReleases = 1_000;

    /// <summary>Releases firmware. Faults: not visible (product); <see cref="FaultKind.Invalid"/>, also for a version that is there already.</summary>
    public async Task<Result<FirmwareRelease>> AddAsync(NewFirmware wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        if (await products.FindAsync(wanted.ProductId, cancel) is not { } product) return Fault.NotVisible("product");
        var release = new FirmwareRelease
        {
            Id = Ids.Hex24(), Product = product.Product.No, Model = wanted.Model, Version = wanted.Version, Created = time.GetUtcNow(),
            Files = [.. wanted.Files.Select(f => new FirmwareFile { Name = f.Name, Digest = Convert.ToHexStringLower(SHA256.HashData(f.Bytes.Span)), Size = f.Bytes.Length })],
        };
        return await database.WriteAsync<FirmwareRelease>(
            async s =>
            {
                if (await s.Firmware.AddAsync(release) is null) return Fault.Invalid("version", $"Version {wanted.Version} of {wanted.Model} is released already");
                foreach (var (file, bytes) in release.Files.Zip(wanted.Files))
                {
                    for (var i = 0; i * Piece < bytes.Bytes.Length; i++)
                    {
                        var rest = bytes.Bytes[(i * Piece)..];
                        await s.Firmware.PutPieceAsync(file.Digest, i, rest[..Math.Min(Piece, rest.Length)].ToArray());
                    }
                }

                return release;
            },
            cancel);
    }

    /// <summary>Releases by id, after one.</summary>
    public Task<IReadOnlyList<FirmwareRelease>> ListAsync(string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Firmware.ListAsync(after, Math.Clamp(limit, 1, 500)), cancel);

    /// <summary>Takes a release back: it is not offered and cannot be fetched any more.</summary>
    public Task<Result<Done>> RemoveAsync(string id, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await s.Firmware.FindAsync(id) is not { } release) return Fault.NotVisible("firmware");
            await s.Firmware.RemoveAsync(release.No);
            return new Done();
        },
        cancel);

    /// <summary>
    /// The latest firmware of those devices for which there is a later one than they have. Devices that the person does not see, models without firmware
    /// and versions that are none are passed over.
    /// </summary>
    public async Task<IReadOnlyList<FirmwareOffer>> OffersAsync(Principal who, IReadOnlyList<FirmwareQuestion> questions, CancellationToken cancel)
    {
        var ids = questions.Select(q => q.DeviceId).Distinct(StringComparer.Ordinal).ToList();
        var (seen, releases) = await database.ReadAsync(
            async s =>
            {
                var devices = await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids);
                return (devices, await s.Firmware.OfModelsAsync(devices.Select(d => d.Product).Distinct(), questions.Select(q => q.Model).Distinct(), MaxReleases));
            },
            cancel);
        var owned = seen.ToDictionary(d => d.Id, d => d.Product, StringComparer.Ordinal);
        var offers = new List<FirmwareOffer>();
        foreach (var question in questions)
        {
            if (!owned.TryGetValue(question.DeviceId, out var product) || FirmwareVersion.Parse(question.Version) is not { } has) continue;
            var latest = releases.Where(r => r.Product == product && r.Model == question.Model)
                .MaxBy(r => FirmwareVersion.Parse(r.Version)!, Comparer<IReadOnlyList<int>>.Create(FirmwareVersion.Compare));
            if (latest is not null && FirmwareVersion.Compare(FirmwareVersion.Parse(latest.Version)!, has) > 0) offers.Add(new FirmwareOffer(question.DeviceId, latest));
        }

        return offers;
    }

    /// <summary>A file that devices may fetch, or null.</summary>
    public Task<FirmwareFile?> FindFileAsync(string digest, string name, CancellationToken cancel) => database.ReadAsync(s => s.Firmware.FindFileAsync(digest, name), cancel);

    /// <summary>A piece of a file, or null when it has no more.</summary>
    public Task<byte[]?> ReadAsync(FirmwareFile file, int piece, CancellationToken cancel) => database.ReadAsync(s => s.Firmware.FindPieceAsync(file.Digest, piece), cancel);

    private static Fault? Check(NewFirmware wanted)
    {
        if (wanted.Model.Length is 0 or > MaxName) return Fault.Invalid("model", $"model has 1 to {MaxName} characters");
        if (FirmwareVersion.Parse(wanted.Version) is null) return Fault.Invalid("version", "version is up to six numbers with dots between them, such as 3.5.1");
        if (wanted.Files.Count is 0 or > MaxFiles) return Fault.Invalid("files", $"A release has 1 to {MaxFiles} files");
        if (wanted.Files.DistinctBy(f => f.Name).Count() < wanted.Files.Count) return Fault.Invalid("files", "Each file of a release has a name of its own");
        foreach (var file in wanted.Files)
        {
            var named = file.Name.Length is > 0 and <= MaxName && file.Name[0] != '.' && file.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
            if (!named) return Fault.Invalid("files", $"The name of a file has 1 to {MaxName} letters, digits, dots, dashes and underscores");
            if (file.Bytes.Length is 0 or > MaxFile) return Fault.Invalid("files", $"{file.Name} has 1 to {MaxFile} bytes");
        }

        return null;
    }
}
