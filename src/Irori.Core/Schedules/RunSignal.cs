namespace Irori.Core.Schedules;

/// <summary>Something was added that is due at once.</summary>
public sealed class RunSignal : Signal;
