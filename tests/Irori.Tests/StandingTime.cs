namespace Irori.Tests;

/// <summary>The system's clock, whose measure of elapsed time stands still until a test lets it go on.</summary>
internal sealed class StandingTime : TimeProvider
{
    private long _timestamp = System.GetTimestamp();

    public void Pass(TimeSpan by) => Interlocked.Add(ref _timestamp, (long)(by.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => Interlocked.Read(ref _timestamp);
}
