using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Core.Homes;
using Irori.Core.Messages;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Messages;

/// <summary>A page of a home's messages.</summary>
internal sealed record MessageListRequest
{
    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>Older ones than this, in milliseconds; absent: from now on.</summary>
    public long? From { get; init; }

    /// <summary>How many, 1 to 30; absent: 30.</summary>
    public int? Num { get; init; }
}

/// <summary>Messages, newest first.</summary>
internal sealed record MessageListData(IReadOnlyList<MessageData> MessageList);

/// <summary>A message.</summary>
internal sealed record MessageData
{
    [JsonPropertyName("msgid")]
    public required string MsgId { get; init; }

    /// <summary>shareNotify_v2, cancelShareNotify_v2, opsNotify_v2 (settings.opsNotify), alarmNotify_v2 (settings.alarmNotify), pushNotify_v2 (settings.offlineNotify).</summary>
    public required string MsgType { get; init; }

    public required MessageContent Message { get; init; }

    /// <summary>When, in milliseconds.</summary>
    public required long Date { get; init; }
}

/// <summary>What a message says. The vendor does not document it.</summary>
internal sealed record MessageContent
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public required string DeviceName { get; init; }

    /// <summary>Id of the owner's account, where it had an owner.</summary>
    public string? Apikey { get; init; }

    /// <summary>A sentence in the language of the reader.</summary>
    public required string Text { get; init; }

    /// <summary>Of which values it tells: what was operated, the alarm, or online.</summary>
    public RawJson? Params { get; init; }

    /// <summary>Id of the account that operated it; absent: on the device itself.</summary>
    public string? OpsApikey { get; init; }
}

/// <summary>The section Message center of CoolKit v2.</summary>
internal sealed class MessageOperations(MessageService messages, HomeService homes)
{
    private const int MaxNum = 30;

    public void Map(IEndpointRouteBuilder routes) => Operations.Map<MessageListRequest, MessageListData>(
        routes, new("GET", "/v2/message/read", Access.Personal, "listMessages", "Message center", "The messages of a home, newest first."), ListAsync);

    /// <summary>A page of messages.</summary>
    public async Task<Result<MessageListData>> ListAsync(Caller caller, MessageListRequest request, CancellationToken cancel)
    {
        if (request.Num is < 1 or > MaxNum) return Fault.Invalid("num", $"num is 1 to {MaxNum}");
        if (request.From is { } given && (given < 0 || given > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) return Fault.Invalid("from", "from is a time in milliseconds");
        var account = caller.Person.Account;
        if (!(await homes.FindAsync(account, request.FamilyId, cancel)).Try(out var home, out var fault)) return fault;
        DateTimeOffset? before = request.From is { } from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null;
        var page = await messages.ListAsync(account, home, before, request.Num ?? MaxNum, cancel);
        return new MessageListData([.. page.Select(m => Of(m, account.Lang))]);
    }

    private static MessageData Of(Message message, string lang)
    {
        var data = MessageService.Read(message);
        return new MessageData
        {
            MsgId = message.Id,
            MsgType = TypeOf(message.Kind),
            Message = new MessageContent
            {
                DeviceId = data.DeviceId, DeviceName = data.DeviceName, Apikey = data.OwnerId, Text = Text(message.Kind, data.DeviceName, lang), Params = ParamsOf(message.Kind, data), OpsApikey = data.By,
            },
            Date = message.At.ToUnixTimeMilliseconds(),
        };
    }

    private static string TypeOf(MessageKind kind) => kind switch
    {
        MessageKind.Shared => "shareNotify_v2",
        MessageKind.ShareEnded => "cancelShareNotify_v2",
        MessageKind.Operated => "opsNotify_v2",
        MessageKind.Alarmed => "alarmNotify_v2",
        _ => "pushNotify_v2",
    };

    private static RawJson? ParamsOf(MessageKind kind, Core.Messages.MessageData data) => kind switch
    {
        MessageKind.Online => new RawJson("""{"online":true}"""),
        MessageKind.Offline => new RawJson("""{"online":false}"""),
        // A command may be a list of objects.
        _ when data.Values is { } values && values.StartsWith('{') => new RawJson(values),
        _ => null,
    };

    private static string Text(MessageKind kind, string device, string lang) => (kind, lang) switch
    {
        (MessageKind.Shared, "cn") => $"“{device}”已分享给您",
        (MessageKind.ShareEnded, "cn") => $"“{device}”已不再分享给您",
        (MessageKind.Operated, "cn") => $"“{device}”被操作",
        (MessageKind.Alarmed, "cn") => $"“{device}”发出警报",
        (MessageKind.Online, "cn") => $"“{device}”已上线",
        (_, "cn") => $"“{device}”已离线",
        (MessageKind.Shared, _) => $"\"{device}\" is shared with you",
        (MessageKind.ShareEnded, _) => $"\"{device}\" is not shared with you any more",
        (MessageKind.Operated, _) => $"\"{device}\" was operated",
        (MessageKind.Alarmed, _) => $"\"{device}\" reports an alarm",
        (MessageKind.Online, _) => $"\"{device}\" is online",
        (_, _) => $"\"{device}\" is offline",
    };
}
