namespace Irori.Simulator;

/// <summary>One source of chance for all devices.</summary>
internal sealed class Dice(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>A number from 0 up to 1.</summary>
    public double Next()
    {
        lock (_lock) return random.NextDouble();
    }

    /// <summary>A number between two others.</summary>
    public double Between(double low, double high) => low + ((high - low) * Next());
}
