using System.Text.Json.Serialization;
using Irori.Core.Products;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>A product's data points (Gizwits Open API, datapoint).</summary>
internal sealed record DatapointAnswer
{
    private const string Entity = "entity0";

    /// <summary>Name of the product.</summary>
    public required string Name { get; init; }

    /// <summary>Its key.</summary>
    public required string ProductKey { get; init; }

    /// <summary>standard, or var_len.</summary>
    [JsonPropertyName("protocolType")]
    public required string ProtocolType { get; init; }

    /// <summary>0x00000004.</summary>
    [JsonPropertyName("packetVersion")]
    public required string PacketVersion { get; init; }

    /// <summary>The one entity.</summary>
    public required IReadOnlyList<DatapointEntity> Entities { get; init; }

    /// <summary>What an app without a design of its own may show.</summary>
    public required DatapointUi Ui { get; init; }

    /// <summary>The answer for a product.</summary>
    public static DatapointAnswer Of(ProductView product)
    {
        var list = DatapointList.Of(product);
        return new DatapointAnswer
        {
            Name = product.Product.Name,
            ProductKey = ProductKeys.Of(product),
            ProtocolType = list.IsVariable ? "var_len" : "standard",
            PacketVersion = "0x00000004",
            Entities = [new DatapointEntity(0, Entity, product.Product.Name, [.. list.Points.Select(DatapointAttr.Of)])],
            Ui = new DatapointUi(new UiObject(4, ShowEditButton: false), [new UiSection([.. list.Points.Select(p => UiElement.Of(p, Entity))])]),
        };
    }
}

/// <summary>An entity and its data points.</summary>
internal sealed record DatapointEntity(int Id, string Name, string DisplayName, IReadOnlyList<DatapointAttr> Attrs);

/// <summary>A data point.</summary>
internal sealed record DatapointAttr
{
    /// <summary>Its number.</summary>
    public required int Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What people read.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What it means.</summary>
    public required string Desc { get; init; }

    /// <summary>status_writable, status_readonly, alert or fault.</summary>
    public required string Type { get; init; }

    /// <summary>bool, enum, uint8, uint16, uint32 or binary.</summary>
    public required string DataType { get; init; }

    /// <summary>Of a number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UintSpec? UintSpec { get; init; }

    /// <summary>Values of an enumeration.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Enum { get; init; }

    /// <summary>Its place in frames.</summary>
    public required DatapointPosition Position { get; init; }

    public static DatapointAttr Of(Datapoint point) => new()
    {
        Id = point.Place.Id,
        Name = point.Property.Name,
        DisplayName = point.Property.Title,
        Desc = point.Property.Unit ?? "",
        Type = point.Kind,
        DataType = point.Place.Form,
        UintSpec = point.Place.Form.StartsWith("uint", StringComparison.Ordinal) ? new UintSpec(point.Least, point.Most, point.Ratio, point.Place.Addition) : null,
        Enum = point.Place.Form == "enum" ? point.Enum : null,
        Position = new DatapointPosition(point.Place.ByteOffset, point.Place.Bits ? "bit" : "byte", point.Place.Length, point.Place.BitOffset),
    };
}

/// <summary>The range of a number on the wire; shown = number * ratio + addition.</summary>
internal sealed record UintSpec(long Min, long Max, double Ratio, double Addition);

/// <summary>A place in frames.</summary>
internal sealed record DatapointPosition(int ByteOffset, string Unit, int Len, int BitOffset);

/// <summary>What an app without a design of its own may show.</summary>
internal sealed record DatapointUi(UiObject Object, IReadOnlyList<UiSection> Sections);

/// <summary>Its version.</summary>
internal sealed record UiObject(int Version, [property: JsonPropertyName("showEditButton")] bool ShowEditButton);

/// <summary>A part of it.</summary>
internal sealed record UiSection(IReadOnlyList<UiElement> Elements);

/// <summary>A field of it.</summary>
internal sealed record UiElement
{
    /// <summary>What people read.</summary>
    public required string Title { get; init; }

    /// <summary>entity0 and the data point.</summary>
    public required string Key { get; init; }

    /// <summary>QBooleanElement, QRadioElement, QFloatElement, QMultilineElement or QLabelElement.</summary>
    public required string Type { get; init; }

    /// <summary>Of bytes: NumbersAndPunctuation.</summary>
    [JsonPropertyName("keyboardType")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? KeyboardType { get; init; }

    /// <summary>Of bytes: letters of their hex.</summary>
    [JsonPropertyName("maxLength")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxLength { get; init; }

    /// <summary>Values of an enumeration.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Items { get; init; }

    /// <summary>Of a truth value: false.</summary>
    [JsonPropertyName("boolValue")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? BoolValue { get; init; }

    /// <summary>Of a number: floatValue:float.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bind { get; init; }

    /// <summary>Of a number.</summary>
    [JsonPropertyName("maximumValue")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaximumValue { get; init; }

    /// <summary>Of a number.</summary>
    [JsonPropertyName("minimumValue")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MinimumValue { get; init; }

    /// <summary>Of a number: 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Value { get; init; }

    /// <summary>What it is bound to.</summary>
    public required UiBinding Object { get; init; }

    public static UiElement Of(Datapoint point, string entity)
    {
        var number = point.Place.Form.StartsWith("uint", StringComparison.Ordinal);
        var element = new UiElement
        {
            Title = point.Property.Title,
            Key = $"{entity}.{point.Property.Name}",
            Type = point.IsWritable ? TypeOf(point.Place.Form) : "QLabelElement",
            Object = new UiBinding(entity, [$"{entity}.{point.Property.Name}"], PermOf(point)) { UnitSpec = number ? new UnitSpec(point.Most, point.Ratio, point.Least) : null },
        };
        return !point.IsWritable ? element : point.Place.Form switch
        {
            "bool" => element with { BoolValue = false },
            "enum" => element with { Items = point.Enum },
            "binary" => element with { KeyboardType = "NumbersAndPunctuation", MaxLength = 2 * point.Place.Length },
            _ => element with { Bind = "floatValue:float", MaximumValue = double.Parse(point.Shown(point.Most)), MinimumValue = double.Parse(point.Shown(point.Least)), Value = 0 },
        };
    }

    private static string TypeOf(string form) => form switch
    {
        "bool" => "QBooleanElement",
        "enum" => "QRadioElement",
        "binary" => "QMultilineElement",
        _ => "QFloatElement",
    };

    private static string PermOf(Datapoint point) => point.Property.Notice switch
    {
        Notice.Alert => "N",
        Notice.Fault => "E",
        _ => point.IsWritable ? "W" : "R",
    };
}

/// <summary>What a field is bound to.</summary>
internal sealed record UiBinding(string Action, IReadOnlyList<string> Bind, string Perm)
{
    /// <summary>Of a number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UnitSpec? UnitSpec { get; init; }
}

/// <summary>The range of a number and its step.</summary>
internal sealed record UnitSpec(long Max, double Step, long Min);
