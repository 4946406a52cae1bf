using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.States;

namespace Irori.Bus.RabbitMq;

/// <summary>Between the words of Core and messages. A version or type that is not known here reads as null, so that nodes of two releases can run together.</summary>
internal static class BusWire
{
    /// <summary>Version of every message.</summary>
    public const int Version = 1;

    /// <summary>Kind of a beat.</summary>
    public const string Beat = "beat";

    public static ReadOnlyMemory<byte> Write(CallMessage message) => JsonSerializer.SerializeToUtf8Bytes(message with { V = Version }, BusJson.Small.CallMessage);

    public static ReadOnlyMemory<byte> Write(EventMessage message) => JsonSerializer.SerializeToUtf8Bytes(message with { V = Version }, BusJson.Small.EventMessage);

    public static ReadOnlyMemory<byte> Write(CommandReply reply) => JsonSerializer.SerializeToUtf8Bytes(
        new ReplyMessage { V = Version, Outcome = reply.Outcome.ToString(), Detail = reply.Detail, AskAgain = reply.AskAgain, Said = reply.Said }, BusJson.Small.ReplyMessage);

    public static CallMessage? ReadCall(ReadOnlyMemory<byte> body) => Read(body, BusJson.Small.CallMessage) is { V: Version } call ? call : null;

    public static EventMessage? ReadEvent(ReadOnlyMemory<byte> body) => Read(body, BusJson.Small.EventMessage) is { V: Version } message ? message : null;

    public static CommandReply? ReadReply(ReadOnlyMemory<byte> body) =>
        Read(body, BusJson.Small.ReplyMessage) is { V: Version } reply && Enum.TryParse<CommandOutcome>(reply.Outcome, out var outcome)
            ? new CommandReply(outcome, reply.Detail, reply.AskAgain) { Said = reply.Said }
            : null;

    /// <summary>The call of a command.</summary>
    public static CallMessage Call(DeviceCommand command, TimeSpan left, long at) => new()
    {
        Id = command.Id, Device = command.Device, Kind = command.Kind, Body = command.Body, Account = command.Account, App = command.App, Source = command.Source, Ip = command.Ip,
        Created = command.Created.ToUnixTimeMilliseconds(), At = at, Left = (long)left.TotalMilliseconds,
    };

    /// <summary>The command of a call, with its deadline by this node's clocks.</summary>
    public static DeviceCommand Command(CallMessage call, TimeSpan left, TimeProvider time) => new()
    {
        Id = call.Id, Device = call.Device, Kind = call.Kind, Body = call.Body, Account = call.Account, App = call.App, Source = call.Source, Ip = call.Ip,
        Created = DateTimeOffset.FromUnixTimeMilliseconds(call.Created), Deadline = time.GetUtcNow() + left, Expires = DeviceCommand.After(time, left),
    };

    /// <summary>True for the changes of devices, which only nodes with feeds hear.</summary>
    public static bool IsOfDevice(string kind) => kind is "state" or "presence";

    /// <summary>True for the changes of devices, which only nodes with feeds hear.</summary>
    public static bool IsOfDevice(HomeEvent happened) => happened is StateChanged or PresenceChanged;

    /// <summary>The message of an event, and the key it goes to.</summary>
    public static (EventMessage Message, string Key) Tell(HomeEvent happened, string from, long seq, long at)
    {
        var empty = new EventMessage { Kind = "", From = from, At = at, Seq = seq };
        return happened switch
        {
            StateChanged e => (empty with
            {
                Kind = "state", Device = e.Device, Epoch = e.Epoch, Version = e.Version, Access = e.AccessVersion, Values = StateText.WriteValues(e.Changed),
            }, BusNames.KeyOf(e.Device)),
            PresenceChanged e => (empty with { Kind = "presence", Device = e.Device, Epoch = e.Epoch, Access = e.AccessVersion, Flag = e.Online }, BusNames.KeyOf(e.Device)),
            AccessChanged e => (empty with { Kind = "access", Device = e.Device, Flag = e.OwnerChanged }, BusNames.All),
            SessionEnded e => (empty with { Kind = "session", Session = e.Session }, BusNames.All),
            ShareOffered e => (empty with { Kind = "offered", Account = e.Receiver }, BusNames.All),
            ShareAnswered e => (empty with { Kind = "answered", Share = e.Share }, BusNames.All),
            LinkOpened e => (empty with { Kind = "link", Device = e.Device, Epoch = e.Epoch }, BusNames.All),
            _ => throw new InvalidOperationException($"{happened.GetType().Name} has no message"),
        };
    }

    /// <summary>The event of a message, or null when its kind is not known here.</summary>
    public static HomeEvent? Heard(EventMessage m) => m.Kind switch
    {
        "state" when Values(m.Values) is { } values => new StateChanged(m.Device, m.Epoch, m.Version, m.Access, values),
        "presence" => new PresenceChanged(m.Device, m.Epoch, m.Flag, m.Access),
        "access" => new AccessChanged(m.Device, m.Flag),
        "session" => new SessionEnded(m.Session),
        "offered" => new ShareOffered(m.Account),
        "answered" => new ShareAnswered(m.Share),
        "link" => new LinkOpened(m.Device, m.Epoch),
        _ => null,
    };

    private static Dictionary<string, StateValue>? Values(string? text)
    {
        try
        {
            return text is null ? null : StateText.ReadValues(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static T? Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
