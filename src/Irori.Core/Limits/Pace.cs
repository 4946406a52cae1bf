namespace Irori.Core.Limits;

/// <summary>
/// Slows a connection down to its limit: what comes too soon is left with the sender a little longer, so that nothing is refused or lost. For one
/// reader at a time.
/// </summary>
/// <param name="rate">The limit; null: none.</param>
/// <param name="time">The clock.</param>
public sealed class Pace(Rate? rate, TimeProvider time)
{
    private TimeSpan _full;

    /// <summary>Waits until the message that has just come is due.</summary>
    public Task KeepAsync(CancellationToken cancel)
    {
        if (rate is null) return Task.CompletedTask;
        var wait = rate.Owe(ref _full, time.GetElapsedTime(0));
        return wait == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait, time, cancel);
    }
}
