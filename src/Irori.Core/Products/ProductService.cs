using System.Collections.Concurrent;
using System.Security.Cryptography;
using Irori.Core.Installation;
using Irori.Core.Projects;

namespace Irori.Core.Products;

/// <summary>What an operator says of a new product.</summary>
public sealed record NewProduct(
    string Dialect, string Name, string Model, string Category, string Brand, IReadOnlyList<ProductName> Names, ThingModel Things)
{
    /// <summary>Logo of the brand when the brand is new.</summary>
    public string BrandLogo { get; init; } = "";

    /// <summary>How its devices reach the cloud.</summary>
    public ProductNode Node { get; init; }

    /// <summary>How devices change hands.</summary>
    public BindingMode BindingMode { get; init; } = BindingMode.Single;

    /// <summary>Null: by the installation's mode.</summary>
    public bool? Adopts { get; init; }

    /// <summary>Whether raw frames are kept for the operator.</summary>
    public bool KeepsFrames { get; init; } = true;

    /// <summary>What apps show to prove that they are made for the product; null: one is minted.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether its devices carry out their timers themselves.</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>Days that points are kept; 0 takes the installation's.</summary>
    public int PointDays { get; init; }

    /// <summary>How other dialects show it, by dialect.</summary>
    public IReadOnlyDictionary<string, Projection> Projections { get; init; } = new Dictionary<string, Projection>(StringComparer.Ordinal);
}

/// <summary>Products: making and listing them.</summary>
public sealed class ProductService(IDatabase database, KeyRing keys, InstallationRecord installation, TimeProvider time)
{
    /// <summary>For how long a change of a product may go unnoticed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    /// <summary>Most products of a list.</summary>
    public const int MaxListed = 500;

    private const int MaxKept = 10_000;
    private readonly ConcurrentDictionary<long, (ProductView Product, long Read)> _kept = new();

    /// <summary>Makes a product with its brand and names.</summary>
    public Task<Result<ProductView>> AddAsync(NewProduct wanted, CancellationToken cancel)
    {
        if (wanted.Projections.Values.SelectMany(p => p.Properties).FirstOrDefault(p => !ProjectionPath.IsPath(p.Path) || p.Factor == 0) is { } wrong)
            return Task.FromResult<Result<ProductView>>(Fault.Invalid("projections", $"{wrong.Path} is no path, or its factor is 0"));
        if (string.IsNullOrWhiteSpace(wanted.Name)) return Task.FromResult<Result<ProductView>>(Fault.Invalid("name", "A product needs a name"));
        return database.WriteAsync<ProductView>(
            async s =>
            {
                var brand = await s.Products.EnsureBrandAsync(wanted.Brand, wanted.BrandLogo);
                var no = await s.Products.AddAsync(Row(wanted, brand.No, await s.Projects.EnsureProjectAsync("irori", "Irori")), wanted.Names, keys.Encrypt(wanted.Secret ?? MintSecret()), time.GetUtcNow());
                foreach (var (dialect, projection) in wanted.Projections) await s.Products.AddProjectionAsync(no, dialect, projection.ToJson());
                return (await s.Products.FindAsync(no))!;
            },
            cancel);
    }

    /// <summary>Products after an id, by id.</summary>
    public Task<IReadOnlyList<ProductView>> ListAsync(string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Products.ListAsync(after, Math.Clamp(limit, 1, 500)), cancel);

    /// <summary>
    /// The product of an internal key. Products hardly ever change, and every list and link needs them: they are kept for <see cref="Kept"/>.
    /// </summary>
    public async ValueTask<ProductView> GetAsync(long no, CancellationToken cancel)
    {
        if (_kept.TryGetValue(no, out var kept) && time.GetElapsedTime(kept.Read) < Kept) return kept.Product;
        var product = await database.ReadAsync(s => s.Products.FindAsync(no), cancel)
            ?? throw new InvalidOperationException($"Product {no} is referenced and missing");
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[no] = (product, time.GetTimestamp());
        return product;
    }

    /// <summary>The product of an id, or null.</summary>
    public Task<ProductView?> FindAsync(string id, CancellationToken cancel) => database.ReadAsync(s => s.Products.FindAsync(id), cancel);

    /// <summary>The first product that a dialect knows by a name, or null.</summary>
    public Task<ProductView?> FindByNameAsync(ProductName name, CancellationToken cancel) => database.ReadAsync(s => s.Products.FindByNameAsync(name), cancel);

    /// <summary>Whether an app may see a product.</summary>
    public async Task<bool> IsSeenAsync(App app, ProductView product, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Projects.VisibleProductsAsync(app.No), cancel) is not { } seen || seen.Contains(product.Product.No);

    /// <summary>The products that an app sees, by id: the first <see cref="MaxListed"/>.</summary>
    public Task<IReadOnlyList<ProductView>> ListSeenAsync(App app, CancellationToken cancel) => database.ReadAsync<IReadOnlyList<ProductView>>(
        async s =>
        {
            var seen = await s.Projects.VisibleProductsAsync(app.No);
            return [.. (await s.Products.ListAsync("", MaxListed)).Where(p => seen?.Contains(p.Product.No) != false)];
        },
        cancel);

    /// <summary>A product's secret, for signature checks and for its maker; null when it was made before products had one.</summary>
    public async Task<string?> SecretAsync(ProductView product, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Products.FindSecretAsync(product.Product.No), cancel) is { } box ? keys.DecryptText(box) : null;

    private static string MintSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private Product Row(NewProduct wanted, long brand, long project) => new()
    {
        Id = Ids.Hex24(),
        Project = project,
        Brand = brand,
        Name = wanted.Name,
        Model = wanted.Model,
        Category = wanted.Category,
        Dialect = wanted.Dialect,
        Node = wanted.Node,
        BindingMode = wanted.BindingMode,
        Adopts = wanted.Adopts ?? installation.Mode == InstallationMode.Home,
        KeepsFrames = wanted.KeepsFrames,
        KeepsTime = wanted.KeepsTime,
        PointDays = wanted.PointDays,
        ModelJson = wanted.Things.ToJson(),
    };
}
