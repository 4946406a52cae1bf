using System.CommandLine;
using Irori.Core.Products;
using Irori.Server.Files;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin product add</c>: a product from a file.</summary>
internal static class ProductAdd
{
    private const long MaxSize = 1024 * 1024;

    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add",
            """
            Add a product from a JSON file: dialect, name, model, category, brand, things {properties [{name, title, type, access, unit, min, max, step, values, mergeKey}]},
            and if wanted uiid, names [{dialect, kind, value}], brandLogo, bindingMode, secret, adopts, keepsFrames, pointDays. Its secret is shown once.
            """,
            """
            irori admin product add switch.json
            where switch.json is {"dialect":"coolkit","name":"Switch","model":"SW-1","category":"switch","brand":"Mine","uiid":1,
              "things":{"properties":[{"name":"switch","title":"Switch","type":"enum","access":"rw","values":[{"value":"on","title":"On"},{"value":"off","title":"Off"}]}]}}
            """);
        var file = command.With(new Argument<FileInfo>("FILE") { Description = "The product's file" });
        return command.Run(async (call, cancel) =>
        {
            var wanted = await ReadAsync(call.Value(file), cancel);
            var made = AdminCall.Take(await call.Home.Service<ProductService>().AddAsync(wanted, cancel));
            call.Write(("id", made.Product.Id), ("name", made.Product.Name), ("brand", made.Brand.Name), ("properties", made.Model.Properties.Count),
                ("secret", await call.Home.Service<ProductService>().SecretAsync(made, cancel) ?? ""));
            return ExitCode.Done;
        });
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
