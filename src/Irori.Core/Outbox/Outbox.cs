namespace Irori.Core.Outbox;

/// <summary>What has happened to a device. The names are stored.</summary>
public enum Happening
{
    /// <summary>It was operated, by a command or by hand.</summary>
    Operated,

    /// <summary>What it reports has become an alarm.</summary>
    Alarmed,

    /// <summary>It can be reached again.</summary>
    Online,

    /// <summary>It was told offline.</summary>
    Offline,

    /// <summary>What it reports has changed; the body has old and new values (<see cref="Scenes.Change"/>).</summary>
    Changed,
}

/// <summary>What people want to be told of a device, as bits. Kept with each binding; with the device's state stands what anybody wants.</summary>
[Flags]
public enum Wishes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>That it was operated.</summary>
    Operated = 1,

    /// <summary>That it comes and goes.</summary>
    Presence = 2,

    /// <summary>Alarms.</summary>
    Alarms = 4,

    /// <summary>What scenes wait for: changes, and that it comes and goes. No wish of a person.</summary>
    Rules = 8,
}

/// <summary>Which wish asks for what.</summary>
public static class WishesOf
{
    /// <summary>The wish that asks for it.</summary>
    public static Wishes For(Happening happening) => happening switch
    {
        Happening.Operated => Wishes.Operated,
        Happening.Alarmed => Wishes.Alarms,
        Happening.Changed => Wishes.Rules,
        _ => Wishes.Presence,
    };
}

/// <summary>What must follow from a change, written in the transaction of the change and carried out after it, once, in the order of each device's changes.</summary>
public sealed class OutboxRow
{
    /// <summary>Its number.</summary>
    public long No { get; init; }

    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>What has happened.</summary>
    public required Happening Kind { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the account that did it, or null.</summary>
    public string? Account { get; init; }

    /// <summary>The values of which it tells, a JSON object; empty: none.</summary>
    public string Body { get; init; } = "";
}

/// <summary>Storage of what must follow. Rows of one device are in one lane, and a lane is worked by one node at a time.</summary>
public interface IOutboxStore
{
    /// <summary>Number of lanes.</summary>
    const int Lanes = 16;

    /// <summary>Adds what must follow.</summary>
    Task AddAsync(OutboxRow row);

    /// <summary>The lanes in which something waits.</summary>
    Task<IReadOnlyList<int>> WaitingAsync();

    /// <summary>Takes a lane until this unit of work ends; false: somebody else has it.</summary>
    Task<bool> ClaimAsync(int lane);

    /// <summary>The oldest rows of a lane that was claimed.</summary>
    Task<IReadOnlyList<OutboxRow>> ListAsync(int lane, int limit);

    /// <summary>Removes rows that were carried out.</summary>
    Task RemoveAsync(IReadOnlyCollection<long> rows);
}

/// <summary>Something was written that must follow.</summary>
public sealed class OutboxSignal : Signal;
