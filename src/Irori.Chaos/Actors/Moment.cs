namespace Irori.Chaos.Actors;

/// <summary>The clock of the run, which never steps.</summary>
internal static class Moment
{
    private static readonly long Start = TimeProvider.System.GetTimestamp();

    /// <summary>Since the run began.</summary>
    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(Start);

    /// <summary>The wall clock of this machine, in milliseconds since 1970.</summary>
    public static long Wall => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
