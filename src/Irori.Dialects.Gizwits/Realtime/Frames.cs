using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>An app signs in on its connection.</summary>
internal sealed record LoginFrame
{
    public required LoginTerms Data { get; init; }
}

/// <summary>Who it is, and what it wants to hear.</summary>
internal sealed record LoginTerms
{
    /// <summary>In data points.</summary>
    public const string Attributes = "attrs_v4";

    /// <summary>In bytes.</summary>
    public const string Custom = "custom";

    /// <summary>The longest heartbeat, in seconds.</summary>
    public const int MaxHeartbeat = 180;

    public required string Appid { get; init; }

    public required string Uid { get; init; }

    public required string Token { get; init; }

    /// <summary><see cref="Attributes"/> or <see cref="Custom"/>.</summary>
    [JsonPropertyName("p0_type")]
    public required string P0Type { get; init; }

    /// <summary>Within how many seconds it sends something, 1 to <see cref="MaxHeartbeat"/>; left out: that.</summary>
    public int? HeartbeatInterval { get; init; }

    /// <summary>False: it says of which devices it wants to hear. Left out: of all.</summary>
    public bool? AutoSubscribe { get; init; }

    /// <summary>What is wrong, or null.</summary>
    public Fault? Check()
    {
        if (P0Type is not (Attributes or Custom)) return Fault.Invalid("p0_type", $"p0_type is {Attributes} or {Custom}");
        return HeartbeatInterval is < 1 or > MaxHeartbeat ? Fault.Invalid("heartbeat_interval", $"heartbeat_interval is 1 to {MaxHeartbeat}") : null;
    }
}

/// <summary>An app wants to hear of devices.</summary>
internal sealed record SubscribeFrame
{
    /// <summary>Most devices of one frame.</summary>
    public const int Max = 500;

    public required IReadOnlyList<DeviceTerms> Data { get; init; }

    /// <summary>What is wrong, or null.</summary>
    public Fault? Check() => Data.Count is 0 or > Max || Data.Any(d => d is null) ? Fault.Invalid("data", $"data has 1 to {Max} devices") : null;
}

/// <summary>A device.</summary>
internal sealed record DeviceTerms
{
    public required string Did { get; init; }
}

/// <summary>An app reads a device's state.</summary>
internal sealed record ReadFrame
{
    /// <summary>The app's number, to be said in the answer.</summary>
    public long? ReqSn { get; init; }

    public required ReadTerms Data { get; init; }
}

/// <summary>Of which device, and what.</summary>
internal sealed record ReadTerms
{
    public required string Did { get; init; }

    /// <summary>Names of data points, for products of variable length; none: all.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>What is wrong, or null.</summary>
    public Fault? Check() => Names?.Any(n => n is null) == true ? Fault.Invalid("names", "names has the names of data points") : null;
}

/// <summary>An app commands a device by its data points.</summary>
internal sealed record WriteFrame
{
    /// <summary>The app's number: it wants to know that the device has acknowledged.</summary>
    public long? ReqSn { get; init; }

    public required WriteTerms Data { get; init; }
}

/// <summary>Which device, and what.</summary>
internal sealed record WriteTerms
{
    public required string Did { get; init; }

    /// <summary>Values by data point.</summary>
    public required JsonElement Attrs { get; init; }
}

/// <summary>An app speaks to a device in bytes.</summary>
internal sealed record SayFrame
{
    public required SayTerms Data { get; init; }
}

/// <summary>To which device, and what.</summary>
internal sealed record SayTerms
{
    public required string Did { get; init; }

    /// <summary>A whole frame of the device's protocol, each byte as a number.</summary>
    public required IReadOnlyList<int> Raw { get; init; }
}

/// <summary>An app has heard what a device asked to be acknowledged.</summary>
internal sealed record AcknowledgeFrame
{
    public required long ResSn { get; init; }

    public required string Did { get; init; }
}

/// <summary>Anything that the server says.</summary>
internal sealed record Frame<T>(string Cmd, T Data);

/// <summary>Something without more to say.</summary>
internal sealed record BareFrame(string Cmd);

/// <summary>Whether an app has signed in.</summary>
internal sealed record LoginAnswer(bool Success);

/// <summary>What has become of the wish to hear of devices.</summary>
internal sealed record SubscribeAnswer(IReadOnlyList<Subscribed> Success, IReadOnlyList<Subscribed> Failed);

/// <summary>What has become of it for one device; 0 is success.</summary>
internal sealed record Subscribed(string Did, int ErrorCode, string Msg);

/// <summary>The state of a device.</summary>
internal sealed record StateFrame(string Cmd, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ResSn, StateTerms Data);

/// <summary>Of which device, by data point.</summary>
internal sealed record StateTerms(string Did, RawJson Attrs);

/// <summary>A device says something in bytes.</summary>
internal sealed record SaidTerms(string Did, IReadOnlyList<int> Raw);

/// <summary>A device has acknowledged a command.</summary>
internal sealed record AcknowledgedFrame(string Cmd, long ResSn, string Did);

/// <summary>A device came or went.</summary>
internal sealed record PresenceTerms(string Did, string Passcode, string Mac, bool Online);

/// <summary>A person has got a device, or lost it.</summary>
internal sealed record BindingTerms(string Did, bool Bind);

/// <summary>A frame of the app that is not taken.</summary>
internal sealed record InvalidTerms(int ErrorCode, string Msg);
