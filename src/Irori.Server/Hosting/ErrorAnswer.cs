using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Hosting;

/// <summary>What went wrong, where no dialect says it in its own words.</summary>
/// <param name="Kind">A stable word for programs.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Field">The input at fault, or null.</param>
/// <param name="RetryAfter">Seconds to wait, or null.</param>
public sealed record ErrorDetail(string Kind, string Message, string? Field = null, int? RetryAfter = null);

/// <summary>The body of every error of the server itself.</summary>
public sealed record ErrorBody(ErrorDetail Error);

/// <summary>Answers errors as JSON, never as a page.</summary>
internal static class ErrorAnswer
{
    public static Task WriteAsync(HttpContext context, int status, ErrorDetail error)
    {
        context.Response.StatusCode = status;
        if (error.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        return context.Response.WriteAsJsonAsync(new ErrorBody(error), ErrorJson.Default.ErrorBody);
    }

    /// <summary>Gives a body to whatever ends without one, and hides what broke.</summary>
    public static void UseJsonErrors(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => WriteAsync(
                context, StatusCodes.Status500InternalServerError, new ErrorDetail("internal", $"The server failed; its log knows more about request {context.TraceIdentifier}")),
        });
        app.UseStatusCodePages(pages => WriteAsync(pages.HttpContext, pages.HttpContext.Response.StatusCode, Of(pages.HttpContext)));
    }

    private static ErrorDetail Of(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new("notFound", "Nothing answers at this address"),
        StatusCodes.Status405MethodNotAllowed => new("notAllowed", $"{context.Request.Method} is not possible here"),
        StatusCodes.Status413PayloadTooLarge => new("tooLarge", "The body is too large"),
        StatusCodes.Status415UnsupportedMediaType => new("invalid", "The body must be application/json"),
        StatusCodes.Status400BadRequest => new("invalid", "The request cannot be understood"),
        var status => new("failed", $"The request failed with status {status}"),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
