using Irori.Core;
using Irori.Core.Products;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>
/// The product_key of products. One that was made for another vendor's apps has none: it goes by its id, which is 24 hex digits, and 8 more that say so.
/// </summary>
internal sealed class ProductKeys(ProductService products)
{
    private const string Derived = "49726f72";

    /// <summary>The key of a product, 32 hex digits.</summary>
    public static string Of(ProductView product) => product.Name(GizwitsDialect.Name, GizwitsDialect.ProductKeyName) ?? product.Product.Id + Derived;

    /// <summary>The product of a key that this caller's app sees; what it does not see is not found.</summary>
    public async Task<Result<ProductView>> FindAsync(Caller caller, string key, CancellationToken cancel)
    {
        var product = key.Length is 0 or > 64 ? null : await products.FindByNameAsync(new ProductName(GizwitsDialect.Name, GizwitsDialect.ProductKeyName, key), cancel);
        if (product is null && key.EndsWith(Derived, StringComparison.Ordinal) && await products.FindAsync(key[..^Derived.Length], cancel) is { } other && Of(other) == key) product = other;
        return product is not null && await products.IsSeenAsync(caller.App, product, cancel)
            ? product
            : Fault.NotVisible("product") with { Field = GizwitsFields.ProductKey };
    }
}
