using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;
using Irori.Core.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The address of an operation and what the vendor's document says of it.</summary>
internal sealed record OperationInfo(string Method, string Path, Access Access, string Name, string Section, string Summary)
{
    /// <summary>The version of the API that it belongs to.</summary>
    public Edition Edition { get; init; } = Edition.V2;
}

/// <summary>
/// Serves operations of both versions of the API, all in the same way: read the body, authorize, decode, call, encode. Whatever goes wrong is
/// answered in the shape of the version with HTTP status 200.
/// </summary>
internal sealed class Operations(Authorizer authorizer, CallLimiter limits, OwnAddress address, Guard guard)
{
    /// <summary>Largest body, in bytes: a device's whole state with room around it.</summary>
    public const int MaxBody = 128 * 1024;

    /// <summary>Every content type; not shown in the OpenAPI document.</summary>
    public const string AnyType = "*/*";

    /// <summary>Maps an operation. GET and DELETE take their parameters from the query; DELETE also from a body.</summary>
    public static void Map<TRequest, TData>(
        IEndpointRouteBuilder routes, OperationInfo info, Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var self = routes.ServiceProvider.GetRequiredService<Operations>();
        var request = CoolKitJson.TypeOf<TRequest>();
        // As a delegate, not a RequestDelegate: only these are described in the OpenAPI document.
        Delegate serve = (HttpContext context) => self.ServeAsync(context, info, request, handle);
        var route = routes.MapMethods(info.Path, [info.Method], serve)
            .WithMetadata(info, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, info.Edition.AnswerType<TData>(), ["application/json"]));
        // Clients send JSON under any content type.
        if (TakesBody(info.Method)) route.WithMetadata(new AcceptsMetadata(["application/json", AnyType], typeof(TRequest)));
        else route.WithMetadata(new QueryParameters(request));
        route.WithName(info.Name).WithSummary(info.Summary).WithTags(info.Section);
    }

    /// <summary>Answers an error in the envelope.</summary>
    public static Task FailAsync(HttpContext context, int error, Fault fault)
    {
        return fault.Kind == FaultKind.OtherRegion
            ? WriteAsync(context, new Envelope<Redirection> { Error = error, Msg = fault.Reason, Data = new Redirection(fault.Detail!) }, CoolKitJson.TypeOf<Envelope<Redirection>>())
            : WriteAsync(context, new Envelope<Nothing> { Error = error, Msg = fault.Reason, Data = Nothing.Value }, CoolKitJson.TypeOf<Envelope<Nothing>>());
    }

    /// <summary>Writes a body of known length: small devices cannot read chunks.</summary>
    public static Task WriteAsync<T>(HttpContext context, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private async Task ServeAsync<TRequest, TData>(
        HttpContext context,
        OperationInfo info,
        JsonTypeInfo<TRequest> request,
        Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var result = await guard.RunAsync(info.Name, () => AnswerAsync(context, info, request, handle), context.RequestAborted);
        if (context.RequestAborted.IsCancellationRequested) return;
        await (result.Try(out var data, out var fault) ? info.Edition.AnswerAsync(context, data) : info.Edition.FailAsync(context, fault));
    }

    private async Task<Result<TData>> AnswerAsync<TRequest, TData>(
        HttpContext context, OperationInfo info, JsonTypeInfo<TRequest> type, Func<Caller, TRequest, CancellationToken, Task<Result<TData>>> handle)
    {
        var cancel = context.RequestAborted;
        if (!(await ReadBodyAsync(context.Request, cancel)).Try(out var body, out var fault)) return fault;
        if (!(await AdmitAsync(context.Request, body, info, cancel)).Try(out var caller, out fault)) return fault;
        // The body of a GET is not signed, and means nothing.
        var decoded = TakesBody(info.Method) && context.Request.RouteValues.Count == 0
            ? RequestDecoder.Body(body, type)
            : RequestDecoder.Values(name => Value(context.Request, name), HttpMethods.IsGet(info.Method) ? default : body, type);
        return decoded.Try(out var request, out fault) ? await handle(caller with { Origin = address.Origin(context) }, request, cancel) : fault;
    }

    // A good token is counted by its session, everything else by the address: a signature before it is looked at, because that costs more.
    private async Task<Result<Caller>> AdmitAsync(HttpRequest request, ReadOnlyMemory<byte> body, OperationInfo info, CancellationToken cancel)
    {
        var from = request.HttpContext.Connection.RemoteIpAddress;
        var token = Authorizer.ShowsToken(request, info.Access);
        if (!token && limits.From(from, info.Name) is { } crowded) return crowded;
        if (!(await authorizer.AuthorizeAsync(request, body, info, cancel)).Try(out var caller, out var fault)) return token ? limits.From(from, info.Name) ?? fault : fault;
        return caller.Who is { } who && limits.Of(who, info.Name) is { } over ? over : caller;
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadBodyAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > MaxBody) return TooLarge;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false) return ReadOnlyMemory<byte>.Empty;
        using var buffer = new MemoryStream();
        var chunk = new byte[4096];
        try
        {
            while (await request.Body.ReadAsync(chunk, cancel) is > 0 and var read)
            {
                if (buffer.Length + read > MaxBody) return TooLarge;
                buffer.Write(chunk, 0, read);
            }
        }
        catch (BadHttpRequestException)
        {
            return Fault.Invalid("body", "The body cannot be read");
        }

        return (ReadOnlyMemory<byte>)buffer.ToArray();
    }

    // What the path says goes before the query, and that before the body.
    private static string? Value(HttpRequest request, string name) =>
        request.RouteValues.TryGetValue(name, out var part) ? part as string : request.Query[name] is [{ } text, ..] ? text : null;

    private static Fault TooLarge => Fault.Invalid("body", $"The body has more than {MaxBody} bytes");

    private static bool TakesBody(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method);
}

/// <summary>The parameters of an operation without a body, for the OpenAPI document.</summary>
internal sealed record QueryParameters(JsonTypeInfo Type);
