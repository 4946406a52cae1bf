using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Server.Files;

/// <summary>How files that people write are read as JSON.</summary>
public static class HandWritten
{
    /// <summary>Comments and trailing commas are welcome; a field that stands twice is not.</summary>
    public static JsonDocumentOptions Options { get; } = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, MaxDepth = 16,
    };
}

[JsonSerializable(typeof(string))]
internal sealed partial class FileJson : JsonSerializerContext;
