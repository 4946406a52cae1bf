namespace Irori.Tests.CoolKit;

/// <summary>One HTTP request, to the last header.</summary>
internal sealed record Call(HttpMethod Method, string Path)
{
    public string? Body { get; init; }

    public string? Authorization { get; init; }

    public string? AppId { get; init; }

    public string? Nonce { get; init; } = "abcd1234";

    public string ContentType { get; init; } = "application/json";

    /// <summary>True: the length of the body is not said in advance.</summary>
    public bool Chunked { get; init; }

    public string? Date { get; init; }

    /// <summary>Whom a proxy says that it speaks for.</summary>
    public string? ForwardedFor { get; init; }
}
