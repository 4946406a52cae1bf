namespace Irori.Simulator;

/// <summary>How long a device waits before it connects again: soon at first, then longer, each time by chance so that a crowd spreads out.</summary>
internal sealed class Backoff(SimulationOptions options, Dice dice)
{
    private int _failures;

    /// <summary>True when the last attempt was the first to fail.</summary>
    public bool IsFirst => _failures == 1;

    /// <summary>Forgets the failures: the device was online.</summary>
    public void Reset() => _failures = 0;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next(Ending ending)
    {
        var limit = options.FirstRetry * Math.Pow(2, Math.Min(_failures++, 16));
        if (limit > options.LastRetry) limit = options.LastRetry;
        if (ending.Forbidden) limit = options.ForbiddenRetry;
        var pause = limit * dice.Between(0.5, 1);
        var asked = ending.RetryAfter is { } after && after < options.ForbiddenRetry ? after : TimeSpan.Zero;
        return pause > asked ? pause : asked + pause;
    }
}

/// <summary>Why a connection ended or was not made.</summary>
/// <param name="Reason">For the log: follows "because".</param>
internal sealed record Ending(string Reason)
{
    /// <summary>The server does not know the device or its key: trying again soon is of no use.</summary>
    public bool Forbidden { get; init; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The connection is cut without a goodbye.</summary>
    public bool Abrupt { get; init; }
}
