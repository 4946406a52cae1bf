namespace Irori.Simulator;

/// <summary>What a device does with a command.</summary>
public enum BehaviourKind
{
    /// <summary>Obeys and answers.</summary>
    Normal,

    /// <summary>Receives it and does nothing.</summary>
    Silent,

    /// <summary>Answers error 400.</summary>
    Refuse,

    /// <summary>Obeys and answers after a delay.</summary>
    Slow,

    /// <summary>Closes the connection and connects again.</summary>
    Drop,
}

/// <summary>How a device behaves, and with which delay when it is slow.</summary>
public sealed record Behaviour
{
    private Behaviour(BehaviourKind kind, TimeSpan delay = default) => (Kind, Delay) = (kind, delay);

    /// <summary>Obeys and answers.</summary>
    public static Behaviour Normal { get; } = new(BehaviourKind.Normal);

    /// <summary>Receives commands and does nothing.</summary>
    public static Behaviour Silent { get; } = new(BehaviourKind.Silent);

    /// <summary>Answers error 400.</summary>
    public static Behaviour Refuse { get; } = new(BehaviourKind.Refuse);

    /// <summary>Closes the connection when a command comes, and connects again.</summary>
    public static Behaviour Drop { get; } = new(BehaviourKind.Drop);

    /// <summary>What it does.</summary>
    public BehaviourKind Kind { get; }

    /// <summary>How long a slow device takes to answer.</summary>
    public TimeSpan Delay { get; }

    /// <summary>Obeys and answers after a delay.</summary>
    public static Behaviour Slow(TimeSpan delay) => new(BehaviourKind.Slow, delay);

    /// <summary>The behaviour of that name; the delay counts for <c>slow</c>. Null for an unknown name.</summary>
    public static Behaviour? Named(string name, TimeSpan delay) => name switch
    {
        "normal" => Normal,
        "silent" => Silent,
        "refuse" => Refuse,
        "drop" => Drop,
        "slow" => Slow(delay),
        _ => null,
    };

    /// <summary>Its name, with the delay.</summary>
    public override string ToString() => Kind switch
    {
        BehaviourKind.Normal => "normal",
        BehaviourKind.Silent => "silent",
        BehaviourKind.Refuse => "refuse",
        BehaviourKind.Drop => "drop",
        _ => $"slow {Delay.TotalMilliseconds:0} ms",
    };
}
