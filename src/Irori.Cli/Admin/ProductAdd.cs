using System.CommandLine;
using Irori.Core.Products;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Types;
using Irori.Server.Files;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin product add</c>: a product from a file, or of a documented type.</summary>
internal static class ProductAdd
{
    private const long MaxSize = 1024 * 1024;
    private const int MaxName = 64;

    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add",
            """
            Add a product of a type that irori admin product types lists (--uiid), or from a JSON file: dialect, name, model, category, brand,
            things {properties [{name, title, type, access, unit, min, max, step, asText, default, alarm, query, values, fields, size, mergeKey}]}, which may be left out beside
            a documented uiid, and if wanted uiid, node, names [{dialect, kind, value}], brandLogo, bindingMode, secret, adopts, keepsFrames, keepsTime, pointDays,
            datapoints (a data point file of Gizwits in the place of things), projections. Its secret is shown once.
            """,
            """
            irori admin product add --uiid 5 --model PSF-B04-GL --name "Metering plug" --brand Sonoff
            irori admin product add switch.json
            where switch.json is {"dialect":"coolkit","name":"Switch","model":"SW-1","category":"switch","brand":"Mine","uiid":1,
              "things":{"properties":[{"name":"switch","title":"Switch","type":"enum","access":"rw","values":[{"value":"on","title":"On"},{"value":"off","title":"Off"}]}]}}
            """);
        var file = command.With(new Argument<FileInfo?>("FILE") { Description = "The product's file", Arity = ArgumentArity.ZeroOrOne });
        var uiid = command.With(new Option<int?>("--uiid") { Description = "Number of a documented type", HelpName = "UIID" });
        var model = command.With(new Option<string?>("--model") { Description = "With --uiid: what devices say their model is (UIID and the number)", HelpName = "MODEL" });
        var name = command.With(new Option<string?>("--name") { Description = "With --uiid: what people read (the type's name)", HelpName = "NAME" });
        var brand = command.With(new Option<string?>("--brand") { Description = "With --uiid: the brand (Irori)", HelpName = "BRAND" });
        return command.Run(async (call, cancel) =>
        {
            var wanted = (call.Parsed.GetValue(file), call.Value(uiid)) switch
            {
                ({ } given, null) => await ReadAsync(given, cancel),
                (null, { } number) => OfType(number, call.Value(model), call.Value(name), call.Value(brand)),
                _ => throw new CliException("Name either the product's file or a type by --uiid.", ExitCode.Wrong),
            };
            var made = AdminCall.Take(await call.Home.Service<ProductService>().AddAsync(wanted, cancel));
            call.Write(("id", made.Product.Id), ("name", made.Product.Name), ("brand", made.Brand.Name), ("properties", made.Model.Properties.Count),
                ("secret", await call.Home.Service<ProductService>().SecretAsync(made, cancel) ?? ""));
            return ExitCode.Done;
        });
    }

    private static NewProduct OfType(int uiid, string? model, string? name, string? brand)
    {
        var type = DeviceTypes.Find(uiid) ?? throw new CliException($"There is no documented type {uiid}; irori admin product types shows which there are, and a file may describe any other.");
        foreach (var (option, text) in new[] { ("--model", model), ("--name", name), ("--brand", brand) })
        {
            if (text is not null && (text.Trim().Length == 0 || text.Length > MaxName)) throw new CliException($"{option} has 1 to {MaxName} characters.", ExitCode.Wrong);
        }

        var said = model ?? $"UIID{uiid}";
        return new NewProduct(
            CoolKitDialect.Name, name ?? type.Name, said, type.Category, brand ?? "Irori",
            [new ProductName(CoolKitDialect.Name, ProductNames.Model, said), new ProductName(CoolKitDialect.Name, CoolKitDialect.UiidName, $"{uiid}")], type.Things)
        {
            Node = type.Node,
        };
    }

    private static async Task<NewProduct> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        if (!file.Exists) throw new CliException($"There is no file {file.FullName}.");
        if (file.Length > MaxSize) throw new CliException($"{file.FullName} is larger than {MaxSize / 1024} KB; it cannot be a product.");
        var mistakes = new List<string>();
        return ProductFile.Parse(await File.ReadAllTextAsync(file.FullName, cancel), mistakes)
            ?? throw new CliException(string.Join(Environment.NewLine, mistakes.Select(m => $"{file.Name}: {m}")));
    }
}
