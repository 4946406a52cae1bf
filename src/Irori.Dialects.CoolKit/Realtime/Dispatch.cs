using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Core.Limits;
using Irori.Core.Links;
using Irori.Dialects.CoolKit.V1;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>Where an app finds its long connection (CoolKit v2, realtime control). Not in the envelope.</summary>
internal sealed record DispatchAppAnswer
{
    [JsonPropertyName("IP")]
    public required string Ip { get; init; }

    public required int Port { get; init; }

    public required string Domain { get; init; }

    public required int Error { get; init; }

    public required string Reason { get; init; }
}

/// <summary>An app is not told, because its token is not good, or it asks too often (CoolKit v1, dispatch).</summary>
internal sealed record DispatchRefusal(int Error, string Reason);

/// <summary>What an app of v1 says when it asks where to connect; none of it matters.</summary>
internal sealed record DispatchAppRequest : V1Request
{
    /// <summary>ws.</summary>
    public string? Accept { get; init; }
}

/// <summary>Where a device finds its long connection; shorter than 128 bytes, because firmware has no more room.</summary>
internal sealed record DispatchDeviceAnswer
{
    public required int Error { get; init; }

    public required string Reason { get; init; }

    [JsonPropertyName("IP")]
    public required string Ip { get; init; }

    public required int Port { get; init; }
}

/// <summary>
/// Tells apps and devices where to connect: the configured public address, else the host and port that they asked. Every listener that
/// answers this also takes the connection. While too many devices connect, or too many from its address, a device is asked to come back.
/// </summary>
internal sealed class Dispatch(OwnAddress address, LinkService links, Authorizer authorizer, CallLimiter limits, Guard guard)
{
    private const int LongestWait = 10;
    private const string App = "/dispatch/app";
    private const string Summary = "Where to open the long connection.";

    private static readonly OperationInfo Asking =
        new(HttpMethods.Post, App, Access.Personal, "dispatchConnectionV1", "Device control", Summary) { Edition = new PlainEdition(V1Faults.OfTokens) };

    public void Map(IEndpointRouteBuilder v2, IEndpointRouteBuilder v1)
    {
        v2.MapGet(App, (Delegate)AnswerAppAsync).WithName("dispatchConnection").WithTags("Realtime control").WithSummary(Summary).Produces<DispatchAppAnswer>();
        v1.MapPost(App, (Delegate)AnswerAskingAppAsync).WithName(Asking.Name).WithTags(Asking.Section).WithSummary(Summary)
            .Produces<DispatchAppAnswer>().Accepts<DispatchAppRequest>(isOptional: true, "application/json", Operations.AnyType);
        v2.MapMethods("/dispatch/device", [HttpMethods.Get, HttpMethods.Post], AnswerDeviceAsync).WithMetadata(new ExcludeFromDescriptionAttribute());
    }

    // Clients ask with and without a token; one that is shown must be good, so that the app knows before it connects.
    private async Task AnswerAskingAppAsync(HttpContext context)
    {
        var fault = Crowd(context) ?? (context.Request.Headers.Authorization.Count == 0 ? null : await CheckAsync(context));
        if (fault is null) await TellAppAsync(context);
        else await RefuseAsync(context, V1Faults.OfTokens(fault), fault);
    }

    private Task AnswerAppAsync(HttpContext context) => Crowd(context) is { } crowded ? RefuseAsync(context, CoolKitFaults.OfHttp(crowded), crowded) : TellAppAsync(context);

    private Fault? Crowd(HttpContext context) => limits.From(context.Connection.RemoteIpAddress, Asking.Name);

    private static Task RefuseAsync(HttpContext context, int error, Fault fault)
    {
        Edition.SayWhen(context, fault);
        return Operations.WriteAsync(context, new DispatchRefusal(error, fault.Reason), CoolKitJson.TypeOf<DispatchRefusal>());
    }

    private async Task<Fault?> CheckAsync(HttpContext context) => (await guard.RunAsync(
        Asking.Name, () => authorizer.AuthorizeAsync(context.Request, default, Asking, context.RequestAborted), context.RequestAborted)).Fault;

    private Task TellAppAsync(HttpContext context)
    {
        var host = address.Host(context);
        var known = IPAddress.TryParse(host, out var literal);
        // Apps put the domain into an address as it is, where IPv6 needs brackets.
        var domain = literal?.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        var answer = new DispatchAppAnswer { Ip = known ? host : OwnAddress.Local(context) ?? host, Port = address.Port(context), Domain = domain, Error = 0, Reason = "ok" };
        return Operations.WriteAsync(context, answer, CoolKitJson.TypeOf<DispatchAppAnswer>());
    }

    /// <summary>Asks a device to come back: a crowd that returns comes back spread over a while, not all at one moment.</summary>
    public static void SayBusy(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = $"{RandomNumberGenerator.GetInt32(1, LongestWait + 1)}";
    }

    // Who a device is, is asked when it registers: dispatch only names an address.
    private Task AnswerDeviceAsync(HttpContext context)
    {
        if (links.IsCrowded || limits.Connects(context.Connection.RemoteIpAddress) is not null)
        {
            SayBusy(context);
            var busy = new DispatchDeviceAnswer { Error = StatusCodes.Status503ServiceUnavailable, Reason = "busy", Ip = address.Host(context), Port = address.Port(context) };
            return Operations.WriteAsync(context, busy, CoolKitJson.TypeOf<DispatchDeviceAnswer>());
        }

        var answer = new DispatchDeviceAnswer { Error = 0, Reason = "ok", Ip = address.Host(context), Port = address.Port(context) };
        return Operations.WriteAsync(context, answer, CoolKitJson.TypeOf<DispatchDeviceAnswer>());
    }
}
