namespace Irori.Core.Products;

/// <summary>How devices of a product change hands (model: binding mode).</summary>
public enum BindingMode
{
    /// <summary>One owner; others need a share. A new proof of possession takes the device over.</summary>
    Single,

    /// <summary>Everybody may bind; the first is chief, the next inherits.</summary>
    Open,

    /// <summary>The last one takes it; others' shares become preempted.</summary>
    Preempt,
}

/// <summary>How devices of a product reach the cloud. The names are stored.</summary>
public enum ProductNode
{
    /// <summary>By a connection of its own.</summary>
    Device,

    /// <summary>Likewise, and it speaks for sub-devices.</summary>
    Gateway,

    /// <summary>Over the connection of a gateway.</summary>
    Sub,
}

/// <summary>A brand, as apps show it.</summary>
public sealed class Brand
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Display name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Logo address, possibly empty.</summary>
    public string Logo { get; init; } = "";
}

/// <summary>A product: what devices of one make have in common.</summary>
public sealed class Product
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Owning project.</summary>
    public required long Project { get; init; }

    /// <summary>Brand.</summary>
    public required long Brand { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Model name as printed on the device.</summary>
    public required string Model { get; init; }

    /// <summary>Category, for instance light.</summary>
    public required string Category { get; init; }

    /// <summary>The dialect whose names and values are the product's own.</summary>
    public required string Dialect { get; init; }

    /// <summary>How its devices reach the cloud.</summary>
    public ProductNode Node { get; init; }

    /// <summary>How devices change hands.</summary>
    public BindingMode BindingMode { get; init; }

    /// <summary>True: commands are held against the thing model; false: passed through (CoolKit).</summary>
    public bool Validates { get; init; }

    /// <summary>True: a device that shows a key can be adopted without a factory record.</summary>
    public bool Adopts { get; init; }

    /// <summary>True: raw frames of its devices are kept for the operator.</summary>
    public bool KeepsFrames { get; init; }

    /// <summary>True: its devices carry out their timers themselves; false: the cloud does.</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>Days that points are kept; 0 takes the installation's.</summary>
    public int PointDays { get; init; }

    /// <summary>Current thing model, JSON of <see cref="ThingModel"/>.</summary>
    public required string ModelJson { get; init; }
}

/// <summary>A dialect's name of a product: uiid, product_key, productKey. A uiid may be shared by products.</summary>
public sealed record ProductName(string Dialect, string Kind, string Value);

/// <summary>Kinds of product names that Core itself looks up.</summary>
public static class ProductNames
{
    /// <summary>What a device says its model is.</summary>
    public const string Model = "model";

    /// <summary>The value of <see cref="Model"/> that takes every model without a product of its own.</summary>
    public const string AnyModel = "*";
}

/// <summary>Storage of brands and products.</summary>
public interface IProductStore
{
    /// <summary>The brand of a name, made when it does not exist.</summary>
    Task<Brand> EnsureBrandAsync(string name, string logo);

    /// <summary>The brand of a name, or null.</summary>
    Task<Brand?> FindBrandAsync(string name);

    /// <summary>Adds a product with the first version of its model.</summary>
    Task<long> AddAsync(Product product, IReadOnlyList<ProductName> names, byte[] secretEnc, DateTimeOffset now);

    /// <summary>The encrypted secret of a product; null when it was made before products had one.</summary>
    Task<byte[]?> FindSecretAsync(long no);

    /// <summary>Adds a version of how a dialect shows a product; the newest counts.</summary>
    Task AddProjectionAsync(long no, string dialect, string mapping);

    /// <summary>The product of an internal key.</summary>
    Task<ProductView?> FindAsync(long no);

    /// <summary>The product of an id, or null.</summary>
    Task<ProductView?> FindAsync(string id);

    /// <summary>The first product that a dialect knows by a name, or null.</summary>
    Task<ProductView?> FindByNameAsync(ProductName name);

    /// <summary>Products by id.</summary>
    Task<IReadOnlyList<ProductView>> ListAsync(string after, int limit);
}

/// <summary>A product with what apps show beside it.</summary>
public sealed record ProductView(Product Product, Brand Brand, IReadOnlyList<ProductName> Names, ThingModel Model)
{
    /// <summary>How other dialects show it, by dialect.</summary>
    public IReadOnlyDictionary<string, Projection> Projections { get; init; } = new Dictionary<string, Projection>(StringComparer.Ordinal);

    /// <summary>How a dialect shows it; null: as it is. In its own dialect it is never shown otherwise.</summary>
    public Projection? ProjectionIn(string dialect) => dialect != Product.Dialect && Projections.TryGetValue(dialect, out var projection) ? projection : null;

    /// <summary>The product's name in a dialect, or null.</summary>
    public string? Name(string dialect, string kind)
    {
        foreach (var name in Names)
        {
            if (name.Dialect == dialect && name.Kind == kind) return name.Value;
        }

        return null;
    }
}
