namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The body of every answer of the v2 API, HTTP status 200 also for errors.</summary>
/// <typeparam name="T">What the operation answers.</typeparam>
internal sealed record Envelope<T>
{
    /// <summary>0 for success.</summary>
    public required int Error { get; init; }

    /// <summary>Empty on success, else a sentence for who debugs the client.</summary>
    public required string Msg { get; init; }

    /// <summary>The answer.</summary>
    public required T Data { get; init; }
}

/// <summary>An answer without content, and the data of most errors.</summary>
internal sealed record Nothing
{
    public static Nothing Value { get; } = new();
}

/// <summary>The data of error 10004: where the account lives.</summary>
internal sealed record Redirection(string Region);
