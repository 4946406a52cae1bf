namespace Irori.Tests;

/// <summary>How much a run tries: a part on every change, everything before a release.</summary>
internal static class Effort
{
    /// <summary>True for <c>./irori test --full</c>.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("IRORITEST_FULL") == "1";

    /// <summary>Seed of random tests: printed by them, and set to repeat one by IRORITEST_SEED.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("IRORITEST_SEED"), out var given)
        ? given
        : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A count, smaller in the quick run.</summary>
    public static int Of(int quick, int full) => IsFull ? full : quick;
}
