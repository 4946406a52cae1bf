using Irori.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>
/// Gives every request an id, which is answered and stands in every line of the log, and writes one line when it is over. Queries and
/// bodies are not logged: they hold tokens.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    private const string Header = "X-Request-Id";
    private const int MaxPath = 200;
    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("{RequestId}");

    public async Task InvokeAsync(HttpContext context)
    {
        var id = context.Request.Headers[Header] is [{ } given] && IsSane(given) ? given : Ids.Hex24();
        context.TraceIdentifier = id;
        context.Response.OnStarting(() =>
        {
            // Only now: an error clears what was set before.
            context.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        using var scope = Scope(log, id);
        var start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Write(context, time.GetElapsedTime(start));
        }
    }

    private void Write(HttpContext context, TimeSpan took)
    {
        var path = Escaped(context.Request.Path.Value ?? "");
        if (path.Length > MaxPath) path = path[..MaxPath];
        var quiet = path.StartsWith("/health/", StringComparison.Ordinal) || path == "/metrics";
        if (quiet) Log.Quiet(log, context.Request.Method, path, context.Response.StatusCode, (long)took.TotalMilliseconds);
        else Log.Request(log, context.Request.Method, path, context.Response.StatusCode, (long)took.TotalMilliseconds);
    }

    private static bool IsSane(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // A path may hold line breaks; the log may not.
    private static string Escaped(string path) => path.Any(char.IsControl) ? Uri.EscapeDataString(path) : path;

    private static partial class Log
    {
        [LoggerMessage(4021, LogLevel.Information, "{Method} {Path} {Status} {Milliseconds} ms")]
        public static partial void Request(ILogger logger, string method, string path, int status, long milliseconds);

        [LoggerMessage(4022, LogLevel.Debug, "{Method} {Path} {Status} {Milliseconds} ms")]
        public static partial void Quiet(ILogger logger, string method, string path, int status, long milliseconds);
    }
}
