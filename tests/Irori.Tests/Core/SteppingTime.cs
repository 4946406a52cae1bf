namespace Irori.Tests.Core;

/// <summary>The system's clocks, whose wall clock a test can set forward and back; elapsed time is not touched by it.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private long _ahead;

    public void Step(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}
