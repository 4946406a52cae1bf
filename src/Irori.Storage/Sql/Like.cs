namespace Irori.Storage.Sql;

/// <summary>Patterns for LIKE with ESCAPE '\', compared with lower-case columns.</summary>
internal static class Like
{
    public static string StartsWith(string text) => text.ToLowerInvariant()
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
