using System.Text.Json;
using Irori.Core.Products;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Types;
using Irori.Dialects.Gizwits;
using Irori.Dialects.Gizwits.Monitoring;

namespace Irori.Server.Files;

/// <summary>A product as an operator writes it down: one JSON object.</summary>
public static class ProductFile
{
    private const int MaxUiid = 99_999;
    private const int MaxName = 64;
    private const int MaxNames = 32;

    /// <summary>The product, or null and at least one mistake.</summary>
    public static NewProduct? Parse(string json, List<string> mistakes)
    {
        try
        {
            using var document = JsonDocument.Parse(json, HandWritten.Options);
            var product = Read(new JsonFields(document.RootElement, "", mistakes));
            return mistakes.Count == 0 ? product : null;
        }
        catch (JsonException e)
        {
            mistakes.Add($"The file is not JSON: {e.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private static NewProduct Read(JsonFields file)
    {
        if (file.Any("dialect") is null) file.Wrong("dialect", $"is missing; add it, for instance \"{ServedDialects.Names[0]}\"");
        var dialect = file.Word("dialect", ServedDialects.Names) ?? "";
        var model = file.Required("model", MaxName, "SW-1");
        var uiid = file.Whole(CoolKitDialect.UiidName, 1, MaxUiid);
        var type = uiid is { } number ? DeviceTypes.Find(number) : null;
        var product = new NewProduct(
            dialect,
            file.Required("name", MaxName, "Switch"),
            model,
            file.Required("category", MaxName, "switch"),
            file.Required("brand", MaxName, "Irori"),
            Names(file, dialect, model, uiid),
            Things(file, type))
        {
            Projections = Projections(file),
            BrandLogo = file.Text("brandLogo", 512) ?? "",
            Node = file.Word("node", Enum.GetNames<ProductNode>()) is { } node ? Enum.Parse<ProductNode>(node) : type?.Node ?? ProductNode.Device,
            // The third mode comes with the dialect that needs it.
            BindingMode = Enum.Parse<BindingMode>(file.Word("bindingMode", [nameof(BindingMode.Single), nameof(BindingMode.Open)]) ?? nameof(BindingMode.Single)),
            Secret = file.Text("secret", 128),
            Adopts = file.Flag("adopts"),
            KeepsFrames = file.Flag("keepsFrames") ?? true,
            KeepsTime = file.Flag("keepsTime") ?? true,
            PointDays = file.Whole("pointDays", 0, 3650) ?? 0,
        };
        file.NothingElse();
        return product;
    }

    // Its model and its uiid are names too, so that nobody has to write them twice.
    private static List<ProductName> Names(JsonFields file, string dialect, string model, int? uiid)
    {
        var names = new List<ProductName> { new(dialect, ProductNames.Model, model) };
        if (file.Any("datapoints") is { } points && DatapointFile.ProductKeyOf(points) is { } key) names.Add(new ProductName(GizwitsDialect.Name, GizwitsDialect.ProductKeyName, key));
        if (uiid is not null) names.Add(new ProductName(dialect, CoolKitDialect.UiidName, $"{uiid}"));
        foreach (var name in file.List("names", MaxNames) ?? [])
        {
            names.Add(new ProductName(name.Required("dialect", MaxName, ServedDialects.Names[0]), name.Required("kind", MaxName, CoolKitDialect.UiidName), name.Required("value", MaxName, "1")));
            name.NothingElse();
        }

        return [.. names.Distinct()];
    }

    // Each is written as it is stored: a list of what is shown, and where it is.
    private static Dictionary<string, Projection> Projections(JsonFields file)
    {
        var projections = new Dictionary<string, Projection>(StringComparer.Ordinal);
        if (file.Object("projections") is not { } listed) return projections;
        foreach (var dialect in ServedDialects.Names)
        {
            if (listed.Any(dialect) is not { } mapping) continue;
            try
            {
                projections[dialect] = Projection.Parse(mapping.GetRawText());
            }
            catch (JsonException e)
            {
                listed.Wrong(dialect, $"must be a projection, {{\"properties\": [{{\"path\", \"shown\": {{\"name\", \"title\", \"type\"}}, \"values\": [{{\"native\", \"shown\"}}]}}]}}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            }
        }

        listed.NothingElse();
        return projections;
    }

    // What a documented type has, nobody has to write.
    private static ThingModel Things(JsonFields file, DeviceType? type)
    {
        if (file.Any("datapoints") is { } points)
        {
            if (file.Any("things") is not null) file.Wrong("things", "is said by datapoints already; remove one of them");
            return DatapointFile.Read(points, file.Mistakes);
        }

        if (file.Object("things") is not { } things)
        {
            if (type is not null) return type.Things;
            file.Wrong("things", "is missing; add it, for instance {\"properties\": []} to pass everything through, or a uiid that irori admin product types lists");
            return ThingModel.Empty;
        }

        if (things.Any("properties") is null) things.Wrong("properties", "is missing; add a list in brackets, which may be empty");
        var listed = things.List("properties", Core.States.DeviceState.MaxProperties) ?? [];
        var model = new ThingModel { Properties = [.. listed.Select(ThingFields.Read)] };
        foreach (var twice in model.Properties.Where(p => p.Name.Length > 0).GroupBy(p => p.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            things.Wrong("properties", $"has the name \"{twice.Key}\" twice; keep one of them");
        things.NothingElse();
        return model;
    }
}
