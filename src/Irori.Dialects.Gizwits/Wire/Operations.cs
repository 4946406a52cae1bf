using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;
using Irori.Core.Limits;
using Irori.Dialects.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>The address of an operation and what the vendor's document says of it.</summary>
internal sealed record OperationInfo(string Method, string Path, Access Access, string Name, string Section, string Summary)
{
    /// <summary>HTTP status of a success.</summary>
    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>The code for what is not there, or is not for who asks.</summary>
    public int NotFound { get; init; } = GizwitsFaults.DeviceNotFound;
}

/// <summary>An answer that has another HTTP status than a success of its operation usually has.</summary>
internal interface IStatusAnswer
{
    /// <summary>HTTP status.</summary>
    int Status { get; }
}

/// <summary>
/// Serves every operation in the same way: read the body, authorize, decode, call, encode. An error is answered with its HTTP status and
/// {error_code, error_message, detail_message}.
/// </summary>
internal sealed partial class Operations(Authorizer authorizer, CallLimiter limits, ILogger<Operations> log)
{
    /// <summary>Largest body, in bytes.</summary>
    public const int MaxBody = 128 * 1024;

    /// <summary>Every content type; not shown in the OpenAPI document.</summary>
    public const string AnyType = "*/*";

    /// <summary>Maps an operation. Parameters come in the path, in the query, and but for GET in the body.</summary>
    public static void Map<TRequest, TData>(
        IEndpointRouteBuilder routes, OperationInfo info, Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var self = routes.ServiceProvider.GetRequiredService<Operations>();
        var request = GizwitsJson.TypeOf<TRequest>();
        // As a delegate, not a RequestDelegate: only these are described in the OpenAPI document.
        Delegate serve = (HttpContext context) => self.ServeAsync(context, info, request, handle);
        var route = routes.MapMethods(info.Path, [info.Method], serve)
            .WithMetadata(info, new ProducesResponseTypeMetadata(info.Success, typeof(TData), ["application/json"]), new RequestFields(request));
        // Clients send JSON under any content type.
        if (TakesBody(info) && BodyFields(info, request).Any()) route.WithMetadata(new AcceptsMetadata(["application/json", AnyType], typeof(TRequest)));
        route.WithName(info.Name).WithSummary(info.Summary).WithTags(info.Section);
    }

    /// <summary>Fields of a request that its body carries: what is in the path is not, and what the document puts into the query need not be.</summary>
    public static IEnumerable<JsonPropertyInfo> BodyFields(OperationInfo info, JsonTypeInfo type) =>
        type.Properties.Where(p => !InPath(info, p.Name) && p.AttributeProvider?.IsDefined(typeof(InQueryAttribute), inherit: false) != true);

    /// <summary>True for a part of the path.</summary>
    public static bool InPath(OperationInfo info, string name) => info.Path.Contains($"{{{name}}}", StringComparison.Ordinal);

    /// <summary>True when an operation takes a body.</summary>
    public static bool TakesBody(OperationInfo info) => !HttpMethods.IsGet(info.Method);

    /// <summary>Answers an error.</summary>
    public static Task FailAsync(HttpContext context, int code, Fault fault)
    {
        var error = ErrorTable.Of(code);
        if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds)}";
        return WriteAsync(context, error.Status, new ErrorAnswer(error.ErrorCode, error.ErrorMessage, fault.Reason), GizwitsJson.TypeOf<ErrorAnswer>());
    }

    /// <summary>There is no such operation. The vendor has no code for it.</summary>
    public static Task NoSuchAsync(HttpContext context)
    {
        var error = ErrorTable.Of(GizwitsFaults.Reserved);
        return WriteAsync(
            context, StatusCodes.Status404NotFound, new ErrorAnswer(error.ErrorCode, error.ErrorMessage, "There is no such operation here"), GizwitsJson.TypeOf<ErrorAnswer>());
    }

    private static Task WriteAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private async Task ServeAsync<TRequest, TData>(
        HttpContext context, OperationInfo info, JsonTypeInfo<TRequest> request, Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var result = await AnswerAsync(context, info, request, handle);
        if (context.RequestAborted.IsCancellationRequested) return;
        await (result.Try(out var data, out var fault)
            ? WriteAsync(context, (data as IStatusAnswer)?.Status ?? info.Success, data, GizwitsJson.TypeOf<TData>())
            : FailAsync(context, GizwitsFaults.Of(fault, info.NotFound), fault));
    }

    private async Task<Result<TData>> AnswerAsync<TRequest, TData>(
        HttpContext context, OperationInfo info, JsonTypeInfo<TRequest> type, Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var cancel = context.RequestAborted;
        try
        {
            if (!(await ReadBodyAsync(context.Request, cancel)).Try(out var body, out var fault)) return fault;
            if (!(await AdmitAsync(context, info, cancel)).Try(out var caller, out fault)) return fault;
            return RequestDecoder.Values(name => Value(context.Request, name), TakesBody(info) ? body : default, type).Try(out var request, out fault)
                ? await handle(caller, request, cancel)
                : fault;
        }
        catch (UnavailableException e)
        {
            Log.Unavailable(log, info.Name, e);
            return UnavailableException.Fault;
        }
        catch (BadHttpRequestException)
        {
            return Fault.Invalid("body", "The body cannot be read");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Log.Failed(log, info.Name, e);
            return new Fault(FaultKind.Unavailable, "The server failed; its log knows more");
        }
        catch (OperationCanceledException)
        {
            return new Fault(FaultKind.Unavailable, "The caller is gone");
        }
    }

    // A good token is counted by its session, everything else by the address.
    private async Task<Result<Caller>> AdmitAsync(HttpContext context, OperationInfo info, CancellationToken cancel)
    {
        var from = context.Connection.RemoteIpAddress;
        var token = Authorizer.ShowsToken(context.Request, info.Access);
        if (!token && limits.From(from, info.Name) is { } crowded) return crowded;
        if (!(await authorizer.AuthorizeAsync(context, info.Access, cancel)).Try(out var caller, out var fault)) return token ? limits.From(from, info.Name) ?? fault : fault;
        return caller.Who is { } who && limits.Of(who, info.Name) is { } over ? over : caller;
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadBodyAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > MaxBody) return TooLarge;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false) return ReadOnlyMemory<byte>.Empty;
        using var buffer = new MemoryStream();
        var chunk = new byte[4096];
        while (await request.Body.ReadAsync(chunk, cancel) is > 0 and var read)
        {
            if (buffer.Length + read > MaxBody) return TooLarge;
            buffer.Write(chunk, 0, read);
        }

        return (ReadOnlyMemory<byte>)buffer.ToArray();
    }

    // What the path says goes before the query, and that before the body.
    private static string? Value(HttpRequest request, string name) =>
        request.RouteValues.TryGetValue(name, out var part) ? part as string : request.Query[name] is [{ } text, ..] ? text : null;

    private static Fault TooLarge => Fault.Invalid("body", $"The body has more than {MaxBody} bytes");

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Error, "{Operation} failed")]
        public static partial void Failed(ILogger logger, string operation, Exception exception);

        [LoggerMessage(5202, LogLevel.Warning, "{Operation} could not be answered: the database is not available")]
        public static partial void Unavailable(ILogger logger, string operation, Exception exception);
    }
}

/// <summary>The fields of an operation's request, for the OpenAPI document.</summary>
internal sealed record RequestFields(JsonTypeInfo Type);

/// <summary>The vendor's document puts this field into the query. In the body it is taken too.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InQueryAttribute : Attribute;

/// <summary>The body of an error.</summary>
internal sealed record ErrorAnswer(int ErrorCode, string ErrorMessage, string? DetailMessage);

/// <summary>A request without parameters.</summary>
internal sealed record EmptyRequest;

/// <summary>An answer without content.</summary>
internal sealed record Nothing
{
    public static Nothing Value { get; } = new();
}
