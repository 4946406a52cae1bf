using Irori.Core;
using Irori.Core.Products;
using Irori.Storage.Sql;

namespace Irori.Storage.Products;

internal sealed class ProductStore(SqlSession session) : IProductStore
{
    private const string Columns =
        """
        SELECT p.no, p.id, p.project, p.brand, p.name, p.model, p.category, p.dialect, p.node, p.binding_mode, p.validates, p.adopts, p.keeps_frames, p.keeps_time, p.point_days,
            (SELECT m.model FROM thing_models m WHERE m.product = p.no ORDER BY m.version DESC LIMIT 1) AS model_json
        FROM products p
        """;

    public async Task<Brand> EnsureBrandAsync(string name, string logo)
    {
        await session.ExecuteAsync(
            "INSERT INTO brands (id, name, logo) VALUES (@id, @name, @logo) ON CONFLICT (name) DO NOTHING", new { id = Ids.Hex24(), name, logo });
        return (await FindBrandAsync(name))!;
    }

    public Task<Brand?> FindBrandAsync(string name) =>
        session.FirstAsync<Brand>("SELECT no, id, name, logo FROM brands WHERE name = @name", new { name });

    public async Task<long> AddAsync(Product product, IReadOnlyList<ProductName> names, byte[] secretEnc, DateTimeOffset now)
    {
        var no = await session.FirstAsync<long>(
            """
            INSERT INTO products (id, project, brand, name, model, category, dialect, node, binding_mode, validates, adopts, keeps_frames, keeps_time, point_days, secret_enc)
            VALUES (@Id, @Project, @Brand, @Name, @Model, @Category, @Dialect, @node, @mode, @Validates, @Adopts, @KeepsFrames, @KeepsTime, @PointDays, @secretEnc)
            RETURNING no
            """,
            new
            {
                product.Id, product.Project, product.Brand, product.Name, product.Model, product.Category, product.Dialect,
                node = product.Node.ToString(), mode = product.BindingMode.ToString(), product.Validates, product.Adopts, product.KeepsFrames, product.KeepsTime, product.PointDays, secretEnc,
            });
        await session.ExecuteAsync(
            "INSERT INTO thing_models (product, version, model, created) VALUES (@no, 1, @ModelJson, @now)", new { no, product.ModelJson, now });
        foreach (var name in names)
        {
            await session.ExecuteAsync(
                "INSERT INTO product_names (dialect, kind, value, product) VALUES (@Dialect, @Kind, @Value, @no)", new { name.Dialect, name.Kind, name.Value, no });
        }

        return no;
    }

    public Task AddProjectionAsync(long no, string dialect, string mapping) => session.ExecuteAsync(
        """
        INSERT INTO projections (product, dialect, version, mapping)
        VALUES (@no, @dialect, (SELECT coalesce(max(version), 0) + 1 FROM projections WHERE product = @no AND dialect = @dialect), @mapping)
        """,
        new { no, dialect, mapping });

    public Task<byte[]?> FindSecretAsync(long no) => session.FirstAsync<byte[]>("SELECT secret_enc FROM products WHERE no = @no", new { no });

    public async Task<ProductView?> FindAsync(long no) => await ViewAsync(await session.FirstAsync<Product>($"{Columns} WHERE p.no = @no", new { no }));

    public async Task<ProductView?> FindAsync(string id) => await ViewAsync(await session.FirstAsync<Product>($"{Columns} WHERE p.id = @id", new { id }));

    public async Task<ProductView?> FindByNameAsync(ProductName name) => await ViewAsync(
        await session.FirstAsync<Product>(
            $"{Columns} JOIN product_names n ON n.product = p.no WHERE n.dialect = @Dialect AND n.kind = @Kind AND n.value = @Value ORDER BY p.no", name));

    public async Task<IReadOnlyList<ProductView>> ListAsync(string after, int limit)
    {
        var views = new List<ProductView>();
        foreach (var product in await session.ListAsync<Product>($"{Columns} WHERE p.id > @after ORDER BY p.id LIMIT @limit", new { after, limit }))
            views.Add((await ViewAsync(product))!);
        return views;
    }

    private async Task<ProductView?> ViewAsync(Product? product)
    {
        if (product is null) return null;
        var brand = (await session.FirstAsync<Brand>("SELECT no, id, name, logo FROM brands WHERE no = @Brand", new { product.Brand }))!;
        var names = await session.ListAsync<NameRow>(
            "SELECT dialect, kind, value FROM product_names WHERE product = @No ORDER BY dialect, kind, value", new { product.No });
        // Oldest first: the newest stays.
        var projections = new Dictionary<string, Projection>(StringComparer.Ordinal);
        foreach (var row in await session.ListAsync<ProjectionRow>("SELECT dialect, mapping FROM projections WHERE product = @No ORDER BY version", new { product.No }))
            projections[row.Dialect] = Projection.Parse(row.Mapping);
        return new ProductView(product, brand, [.. names.Select(n => new ProductName(n.Dialect, n.Kind, n.Value))], ThingModel.Parse(product.ModelJson)) { Projections = projections };
    }

    private sealed class NameRow
    {
        public required string Dialect { get; init; }

        public required string Kind { get; init; }

        public required string Value { get; init; }
    }

    private sealed class ProjectionRow
    {
        public required string Dialect { get; init; }

        public required string Mapping { get; init; }
    }
}
