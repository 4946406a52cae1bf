using Irori.Core.Commands;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Bus.RabbitMq;

/// <summary>A command for the node that holds the link. Times are milliseconds; <see cref="At"/> is by the common clock.</summary>
internal sealed record CallMessage
{
    public int V { get; init; }

    public long Id { get; init; }

    public long Device { get; init; }

    public CommandKind Kind { get; init; }

    public required string Body { get; init; }

    public required string Account { get; init; }

    public required string App { get; init; }

    public required string Source { get; init; }

    public string? Ip { get; init; }

    public long Created { get; init; }

    /// <summary>When it was sent.</summary>
    public long At { get; init; }

    /// <summary>How long it may be carried out after that.</summary>
    public long Left { get; init; }
}

/// <summary>How a command ended at its node.</summary>
internal sealed record ReplyMessage
{
    public int V { get; init; }

    public required string Outcome { get; init; }

    public string? Detail { get; init; }

    public bool AskAgain { get; init; }

    public string? Said { get; init; }
}

/// <summary>An event, or the beat by which nodes know that they hear each other. What a kind does not have is left out.</summary>
internal sealed record EventMessage
{
    public int V { get; init; }

    public required string Kind { get; init; }

    /// <summary>The sender's process.</summary>
    public required string From { get; init; }

    /// <summary>When it was sent, by the common clock.</summary>
    public long At { get; init; }

    /// <summary>Number of the event among the sender's of the same reach; in a beat, of the last event for all.</summary>
    public long Seq { get; init; }

    /// <summary>In a beat: number of the last change of a device.</summary>
    public long DeviceSeq { get; init; }

    public long Device { get; init; }

    public long Epoch { get; init; }

    public long Version { get; init; }

    public long Access { get; init; }

    public bool Flag { get; init; }

    public long Session { get; init; }

    public long Account { get; init; }

    public long Share { get; init; }

    /// <summary>Changed values in the stored form.</summary>
    public string? Values { get; init; }
}

[JsonSerializable(typeof(CallMessage))]
[JsonSerializable(typeof(ReplyMessage))]
[JsonSerializable(typeof(EventMessage))]
internal sealed partial class BusJson : JsonSerializerContext
{
    /// <summary>Texts here are JSON themselves: escaped as little as may be.</summary>
    public static BusJson Small { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
