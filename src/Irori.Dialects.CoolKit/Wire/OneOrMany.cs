using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>Reads a list for which a client may send its only element alone.</summary>
internal sealed class OneOrMany<T> : JsonConverter<IReadOnlyList<T>>, IListConverter
{
    public Type Element => typeof(T);

    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return [ReadOne(ref reader)];
        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(ReadOne(ref reader));
        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static T ReadOne(ref Utf8JsonReader reader)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, CoolKitJson.TypeOf<T>()) ?? throw new JsonException();
        }
        catch (JsonException e) when (e.Path is not null)
        {
            // Its path begins at the element; without one, the list is named.
            throw new JsonException(e.Message, e);
        }
    }
}

/// <summary>A converter of a list, for the OpenAPI document.</summary>
internal interface IListConverter
{
    /// <summary>Type of the elements.</summary>
    Type Element { get; }
}
