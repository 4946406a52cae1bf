namespace Irori.Core;

/// <summary>The database cannot answer now: away, full, or overloaded. Nothing was changed; trying again later may help.</summary>
public sealed class UnavailableException : Exception
{
    /// <summary>Without a reason.</summary>
    public UnavailableException()
    {
    }

    /// <summary>With a reason for the log.</summary>
    public UnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With the engine's own exception.</summary>
    public UnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The fault that tells a caller.</summary>
    public static Fault Fault { get; } = new(FaultKind.Unavailable, "The database is not available now", RetryAfter: TimeSpan.FromSeconds(5));
}
