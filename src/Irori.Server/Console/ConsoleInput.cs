using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>Reads what a request says; what is wrong names its field.</summary>
internal static class ConsoleInput
{
    /// <summary>Most bytes of a body.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>The latest instant that there is, in milliseconds since 1970.</summary>
    public const long EndOfTime = 253_402_300_799_999;

    /// <summary>A body over <see cref="MaxBody"/>.</summary>
    public static Fault TooLarge { get; } = new(FaultKind.LimitReached, $"A body has at most {MaxBody} bytes");

    /// <summary>The body; unknown fields are ignored.</summary>
    public static async Task<Result<T>> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var read = await context.Request.BodyReader.ReadAtLeastAsync(MaxBody + 1, context.RequestAborted);
        var bytes = read.Buffer.Length <= MaxBody ? read.Buffer.ToArray() : null;
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        if (bytes is null) return TooLarge;
        using var document = JsonText.Parse(bytes);
        if (document is null) return Fault.Invalid("body", "The body must be a JSON object");
        try
        {
            return document.RootElement.Deserialize(type) is { } body
                ? body
                : Fault.Invalid("body", "The body must be a JSON object");
        }
        catch (JsonException e)
        {
            var field = e.Path is ['$', '.', .. var path] ? path : "body";
            return Fault.Invalid(field, field == "body" ? "The body must be a JSON object" : $"{field} has a wrong type");
        }
    }

    /// <summary>A part of the path.</summary>
    public static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>A text of the query; null: it must be there.</summary>
    public static Result<string> Text(HttpContext context, string name, string? missing = null)
    {
        var text = context.Request.Query[name] is [{ } given, ..] ? given : missing;
        if (text is null) return Fault.Invalid(name, $"{name} is missing");
        return text.Contains('\0', StringComparison.Ordinal) ? Fault.Invalid(name, $"{name} holds a character that is not allowed") : text;
    }

    /// <summary>A whole number of the query; null: it must be there.</summary>
    public static Result<long> Number(HttpContext context, string name, long min, long max, long? missing = null)
    {
        if (context.Request.Query[name] is not [{ } given, ..]) return missing is { } value ? value : Fault.Invalid(name, $"{name} is missing");
        return long.TryParse(given, out var number) && number >= min && number <= max
            ? number
            : Fault.Invalid(name, $"{name} must be a whole number from {min} to {max}");
    }

    /// <summary>Where a page begins, as it was answered by <see cref="Cursor(long, long)"/>; null: at the start.</summary>
    public static Result<(long First, long Second)?> Cursor(HttpContext context)
    {
        if (context.Request.Query["after"] is not [{ } given, ..]) return ((long, long)?)null;
        return given.Split('_') is [var a, var b] && long.TryParse(a, out var first) && long.TryParse(b, out var second)
            ? (first, second)
            : Fault.Invalid("after", "after must be what an earlier page answered as next");
    }

    /// <summary>The place after which the next page begins.</summary>
    public static string Cursor(long first, long second) => $"{first}_{second}";
}
