using Irori.Core;
using Irori.Core.Firmware;
using Irori.Core.Products;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Irori.Server.Console;

/// <summary>A product, as one is chosen.</summary>
internal sealed record ProductChoice(string Id, string Name, string Model);

/// <summary>A page of products; null: there is no next page.</summary>
internal sealed record ProductsAnswer(IReadOnlyList<ProductChoice> Products, string? Next);

/// <summary>A file of a release.</summary>
internal sealed record FirmwareFileItem(string Name, long Size, string Digest);

/// <summary>A release.</summary>
internal sealed record FirmwareItem(string Id, ProductChoice Product, string Model, string Version, long Created, IReadOnlyList<FirmwareFileItem> Files);

/// <summary>A page of releases; null: there is no next page.</summary>
internal sealed record FirmwareAnswer(IReadOnlyList<FirmwareItem> Releases, string? Next);

/// <summary>Firmware, for operators: released from files, and taken back.</summary>
internal sealed class FirmwareApi(FirmwareService firmware, ProductService products)
{
    /// <summary>Most bytes of a release that is uploaded; larger ones go by the command line.</summary>
    public const int MaxUpload = 32 * 1024 * 1024;

    private const int Page = 100;
    private const int MaxFields = 3 + FirmwareService.MaxFiles;

    public async Task<Result<ProductsAnswer>> ProductsAsync(HttpContext context)
    {
        if (!ConsoleInput.Text(context, "after", missing: "").Try(out var after, out var fault)) return fault;
        var page = await products.ListAsync(after, Page, context.RequestAborted);
        return new ProductsAnswer([.. page.Select(Choice)], page.Count == Page ? page[^1].Product.Id : null);
    }

    public async Task<Result<FirmwareAnswer>> ListAsync(HttpContext context)
    {
        if (!ConsoleInput.Text(context, "after", missing: "").Try(out var after, out var fault)) return fault;
        var page = await firmware.ListAsync(after, Page, context.RequestAborted);
        var items = new List<FirmwareItem>(page.Count);
        foreach (var release in page) items.Add(Item(release, Choice(await products.GetAsync(release.Product, context.RequestAborted))));
        return new FirmwareAnswer(items, page.Count == Page ? page[^1].Id : null);
    }

    public async Task<Result<FirmwareItem>> AddAsync(HttpContext context)
    {
        if (!(await FormAsync(context)).Try(out var form, out var fault)) return fault;
        var files = new List<NewFirmwareFile>(form.Files.Count);
        foreach (var file in form.Files)
        {
            using var bytes = new MemoryStream((int)file.Length);
            await file.CopyToAsync(bytes, context.RequestAborted);
            files.Add(new NewFirmwareFile(file.FileName, bytes.ToArray()));
        }

        var wanted = new NewFirmware(form["product"].ToString(), form["model"].ToString().Trim(), form["version"].ToString().Trim(), files);
        if (!(await firmware.AddAsync(wanted, context.RequestAborted)).Try(out var release, out fault)) return fault;
        return Item(release, Choice(await products.GetAsync(release.Product, context.RequestAborted)));
    }

    public Task<Result<Done>> RemoveAsync(HttpContext context) => firmware.RemoveAsync(ConsoleInput.Route(context, "release"), context.RequestAborted);

    private static async Task<Result<IFormCollection>> FormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return Fault.Invalid("body", "The body must be a form with the files");
        try
        {
            var limits = new FormOptions { MultipartBodyLengthLimit = MaxUpload, ValueCountLimit = MaxFields, ValueLengthLimit = 1024, MultipartHeadersLengthLimit = 4096 };
            return Result.Of(await context.Request.ReadFormAsync(limits, context.RequestAborted));
        }
        catch (InvalidDataException)
        {
            return Fault.Invalid("body", "The form cannot be read, or is too large");
        }
    }

    private static FirmwareItem Item(FirmwareRelease release, ProductChoice product) => new(
        release.Id,
        product,
        release.Model,
        release.Version,
        release.Created.ToUnixTimeMilliseconds(),
        [.. release.Files.Select(f => new FirmwareFileItem(f.Name, f.Size, f.Digest))]);

    private static ProductChoice Choice(ProductView product) => new(product.Product.Id, product.Product.Name, product.Product.Model);
}
