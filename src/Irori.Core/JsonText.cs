using System.Text.Json;
using System.Text.Unicode;

namespace Irori.Core;

/// <summary>
/// Parses JSON that may be anything. The framework's reader takes texts that no string can hold (broken UTF-8, half a surrogate pair) and throws when they
/// are read, and U+0000, which not every database can store: all of them are refused here.
/// </summary>
public static class JsonText
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The document, or null when the text is not JSON that can be read and stored.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> text)
    {
        if (!Utf8.IsValid(text.Span)) return null;
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(text, Options);
            if (text.Span.IndexOf("\\u"u8) < 0 || IsReadable(document.RootElement)) return document;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
        }

        document?.Dispose();
        return null;
    }

    private static bool IsReadable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => IsReadable(element.GetString()!),
        JsonValueKind.Array => element.EnumerateArray().All(IsReadable),
        JsonValueKind.Object => element.EnumerateObject().All(p => IsReadable(p.Name) && IsReadable(p.Value)),
        _ => true,
    };

    private static bool IsReadable(string text) => !text.Contains('\0', StringComparison.Ordinal);
}
