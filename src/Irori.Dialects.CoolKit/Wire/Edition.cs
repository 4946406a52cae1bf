using Irori.Core;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>What the versions of the API do differently around an operation: where the app's id stands, and what an answer looks like.</summary>
internal abstract class Edition
{
    /// <summary>Version 2: the app's id in a header, answers in an envelope.</summary>
    public static Edition V2 { get; } = new EnvelopedEdition();

    /// <summary>The app that the request names, or null.</summary>
    public abstract string? AppId(HttpRequest request, ReadOnlyMemory<byte> body);

    /// <summary>The type of the body of a success.</summary>
    public abstract Type AnswerType<T>();

    /// <summary>The type of the body of an error where it is not that of a success.</summary>
    public abstract Type? FailureType { get; }

    /// <summary>Answers a success.</summary>
    public abstract Task AnswerAsync<T>(HttpContext context, T data);

    /// <summary>Answers an error, HTTP status 200.</summary>
    public abstract Task FailAsync(HttpContext context, Fault fault);

    /// <summary>The header that says when to come back, where that is known.</summary>
    public static void SayWhen(HttpContext context, Fault fault)
    {
        if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds)}";
    }

    private sealed class EnvelopedEdition : Edition
    {
        public override string? AppId(HttpRequest request, ReadOnlyMemory<byte> body) => request.Headers["X-CK-Appid"] is [{ Length: > 0 } id] ? id : null;

        public override Type AnswerType<T>() => typeof(Envelope<T>);

        public override Type? FailureType => null;

        public override Task AnswerAsync<T>(HttpContext context, T data) =>
            Operations.WriteAsync(context, new Envelope<T> { Error = 0, Msg = "", Data = data }, CoolKitJson.TypeOf<Envelope<T>>());

        public override Task FailAsync(HttpContext context, Fault fault)
        {
            SayWhen(context, fault);
            return Operations.FailAsync(context, CoolKitFaults.OfHttp(fault), fault);
        }
    }
}
