using System.ComponentModel.DataAnnotations;
using Irori.Core.Limits;

namespace Irori.Server.Settings;

/// <summary>How much everybody may ask.</summary>
public enum LimitPreset
{
    /// <summary>More than a house full of people and programs asks for.</summary>
    Home,

    /// <summary>What the vendors' documents allow.</summary>
    Documented,

    /// <summary>As much as the machine can do: for measurements, or behind something else that limits.</summary>
    Off,
}

/// <summary>How much everybody may ask.</summary>
public sealed record LimitsSection
{
    /// <summary>Home, Documented or Off; <c>docs/operations.md</c> has the numbers.</summary>
    public LimitPreset Preset { get; init; } = LimitPreset.Home;

    /// <summary>Nodes over which calls are spread evenly; each gives out its share.</summary>
    [Range(1, 1_000)]
    public int Nodes { get; init; } = 1;

    /// <summary>As Core takes them; null: none.</summary>
    public CallLimits? ToCore() => Preset switch
    {
        LimitPreset.Home => CallLimits.Home.Shared(Nodes),
        LimitPreset.Documented => CallLimits.Documented.Shared(Nodes),
        _ => null,
    };
}
