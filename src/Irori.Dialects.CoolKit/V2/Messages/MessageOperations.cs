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

    /// <summary>shareNotify_v2, cancelShareNotify_v2.</summary>
    public required string MsgType { get; init; }

    public required MessageContent Message { get; init; }

    /// <summary>When, in milliseconds.</summary>
    public required long Date { get; init; }
}

/// <summary>What a message of a share says. The vendor does not document it.</summary>
internal sealed record MessageContent
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public required string DeviceName { get; init; }

    /// <summary>Id of the owner's account, where it had an owner.</summary>
    public string? Apikey { get; init; }

    /// <summary>A sentence in the language of the reader.</summary>
    public required string Text { get; init; }
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
        var shared = message.Kind == MessageKind.Shared;
        return new MessageData
        {
            MsgId = message.Id,
            MsgType = shared ? "shareNotify_v2" : "cancelShareNotify_v2",
            Message = new MessageContent { DeviceId = data.DeviceId, DeviceName = data.DeviceName, Apikey = data.OwnerId, Text = Text(shared, data.DeviceName, lang) },
            Date = message.At.ToUnixTimeMilliseconds(),
        };
    }

    private static string Text(bool shared, string device, string lang) => (shared, lang) switch
    {
        (true, "cn") => $"“{device}”已分享给您",
        (false, "cn") => $"“{device}”已不再分享给您",
        (true, _) => $"\"{device}\" is shared with you",
        (false, _) => $"\"{device}\" is not shared with you any more",
    };
}
