namespace Irori.Bench;

/// <summary>How much a run does.</summary>
internal sealed record Sizes
{
    /// <summary>What the bars are stated for.</summary>
    public static Sizes Full { get; } = new();

    /// <summary>Enough to see that everything runs.</summary>
    public static Sizes Tiny { get; } = new()
    {
        Seconds = 0.5, WarmSeconds = 0.2, IdleSeconds = 0.1, CommandDevices = 16, InFlight = 4, ReportDevices = 16, PacedRate = 50, Links = 20, WarmLinks = 4,
        FewDevices = 40, ManyDevices = 400, HomeDevices = 40, ListCalls = 5, Points = 2_000, PointDevices = 20, FeedDevices = 40, Feeds = 4, FeedRate = 80, FeedSeconds = 1,
        GrownDevices = 40, LargeDevices = 400, Schedules = 60, Changes = 100,
    };

    /// <summary>How long a round loads a server.</summary>
    public double Seconds { get; init; } = 6;

    /// <summary>How long it is loaded before anything is measured.</summary>
    public double WarmSeconds { get; init; } = 5;

    /// <summary>How long a server idles before its memory is read.</summary>
    public double IdleSeconds { get; init; } = 3;

    /// <summary>Devices that are commanded.</summary>
    public int CommandDevices { get; init; } = 1_000;

    /// <summary>Commands in flight.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>Devices that report, each with one report in flight.</summary>
    public int ReportDevices { get; init; } = 2_000;

    /// <summary>Reports per second at which latency is measured: half of the bar.</summary>
    public int PacedRate { get; init; } = 5_000;

    /// <summary>Idle links.</summary>
    public int Links { get; init; } = 5_000;

    /// <summary>Links that are opened and closed before memory is first read.</summary>
    public int WarmLinks { get; init; } = 100;

    /// <summary>Devices in the small database of the list.</summary>
    public int FewDevices { get; init; } = 1_000;

    /// <summary>Devices in the large one.</summary>
    public int ManyDevices { get; init; } = 1_000_000;

    /// <summary>Devices of one home, in both.</summary>
    public int HomeDevices { get; init; } = 1_000;

    /// <summary>Calls of a round, one after the other.</summary>
    public int ListCalls { get; init; } = 300;

    /// <summary>Points that are stored.</summary>
    public int Points { get; init; } = 1_000_000;

    /// <summary>Devices that they are of.</summary>
    public int PointDevices { get; init; } = 2_000;

    /// <summary>Devices whose changes are pushed.</summary>
    public int FeedDevices { get; init; } = 10_000;

    /// <summary>Apps that listen, each to as many of them.</summary>
    public int Feeds { get; init; } = 1_000;

    /// <summary>Changes per second of all devices together.</summary>
    public int FeedRate { get; init; } = 1_000;

    /// <summary>For how long: every device changes a few times.</summary>
    public double FeedSeconds { get; init; } = 30;

    /// <summary>Devices of an account that has grown.</summary>
    public int GrownDevices { get; init; } = 1_000;

    /// <summary>Devices of a large account.</summary>
    public int LargeDevices { get; init; } = 10_000;

    /// <summary>Schedules that fall due in one moment.</summary>
    public int Schedules { get; init; } = 20_000;

    /// <summary>Changes that wait for rules.</summary>
    public int Changes { get; init; } = 20_000;
}
