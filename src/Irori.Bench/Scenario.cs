namespace Irori.Bench;

/// <summary>Something that is measured against a reference in the same run.</summary>
internal abstract class Scenario
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Letter of its bar; several scenarios may share one.</summary>
    public abstract char Letter { get; }

    /// <summary>What is done.</summary>
    public abstract string Summary { get; }

    /// <summary>What does the same without Irori.</summary>
    public abstract string Reference { get; }

    /// <summary>What a round measures.</summary>
    public abstract IReadOnlyList<Measure> Measures { get; }

    /// <summary>Most rounds that tell anything new.</summary>
    public virtual int MostRounds => int.MaxValue;

    /// <summary>Starts whatever it needs, on both sides, in the context's keeping, and warms it up.</summary>
    public abstract Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel);
}

/// <summary>Both sides of a scenario, ready for rounds. Values are answered by the key of their measure.</summary>
internal interface IStage
{
    /// <summary>One round of the reference.</summary>
    Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel);

    /// <summary>One round of Irori.</summary>
    Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel);
}

/// <summary>When a bar is reached.</summary>
internal enum BarKind
{
    /// <summary>Irori by reference is at least the limit.</summary>
    RatioAtLeast,

    /// <summary>Irori by reference is at most the limit.</summary>
    RatioAtMost,

    /// <summary>Irori's value is at least the limit.</summary>
    ValueAtLeast,

    /// <summary>Irori's value is at most the limit.</summary>
    ValueAtMost,
}

/// <summary>What is asked for.</summary>
internal sealed record Bar(BarKind Kind, double Limit)
{
    /// <summary>Whether it is reached; null when there is nothing to compare.</summary>
    public bool? IsMet(double? irori, double? ratio)
    {
        if ((Kind is BarKind.RatioAtLeast or BarKind.RatioAtMost ? ratio : irori) is not { } number) return null;
        return Kind is BarKind.RatioAtLeast or BarKind.ValueAtLeast ? number >= Limit : number <= Limit;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        BarKind.RatioAtLeast => $"ratio ≥ {Limit}",
        BarKind.RatioAtMost => $"ratio ≤ {Limit}",
        BarKind.ValueAtLeast => $"≥ {Limit:N0}",
        _ => $"≤ {Limit:N0}",
    };
}

/// <summary>One number of a scenario.</summary>
/// <param name="Key">Its name in the JSON.</param>
/// <param name="Title">Its name in the table.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Bar">What is asked for, if anything.</param>
internal sealed record Measure(string Key, string Title, string Unit, Bar? Bar = null);
