using Irori.Core;
using Irori.Core.Messages;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Messages;

/// <summary>A page of messages (Gizwits Open API, messages.list).</summary>
internal sealed record ListMessagesRequest
{
    /// <summary>1: of shares.</summary>
    public required int Type { get; init; }

    /// <summary>Most messages of the page.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }
}

/// <summary>What a reader has done with a message (Gizwits Open API, messages.update).</summary>
internal sealed record MarkMessageRequest
{
    /// <summary>The message.</summary>
    public required string Id { get; init; }

    /// <summary>1: read, 2: deleted.</summary>
    [InQuery]
    public required int Status { get; init; }
}

/// <summary>A page of messages, newest first.</summary>
internal sealed record MessagesAnswer(PageMeta Meta, IReadOnlyList<MessageAnswer> Objects);

/// <summary>A message.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="Type">1: of shares.</param>
/// <param name="Status">0: unread, 1: read.</param>
/// <param name="Content">A sentence in the language of the reader.</param>
internal sealed record MessageAnswer(string Id, string CreatedAt, string UpdatedAt, int Type, int Status, string Content);

/// <summary>What a person is told (Gizwits Open API, message center). A deleted message is not listed any more.</summary>
internal sealed class MessageOperations(MessageService messages)
{
    private const string Section = "Message center";
    private const int Sharing = 1;
    private const int DefaultLimit = 20;
    private const int MaxLimit = 500;

    private static readonly MessageKind[] OfShares = [MessageKind.Shared, MessageKind.ShareEnded];

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ListMessagesRequest, MessagesAnswer>(
            routes, new OperationInfo("GET", "/app/messages", Access.User, "listGizwitsMessages", Section, "Lists messages of the user."), ListAsync);
        Operations.Map<MarkMessageRequest, Nothing>(
            routes,
            new OperationInfo("PUT", "/app/messages/{id}", Access.User, "markMessage", Section, "Marks a message read or deleted.") { NotFound = GizwitsFaults.MessageNotFound }, MarkAsync);
    }

    private async Task<Result<MessagesAnswer>> ListAsync(Caller caller, ListMessagesRequest request, CancellationToken cancel)
    {
        var (limit, skip) = (request.Limit ?? DefaultLimit, request.Skip ?? 0);
        if (request.Type != Sharing) return Fault.Invalid("type", "type is 1, device sharing: there are no others");
        if (limit is < 1 or > MaxLimit) return Fault.Invalid("limit", $"limit is 1 to {MaxLimit}");
        if (skip < 0) return Fault.Invalid("skip", "skip is not negative");
        var (page, total) = await messages.ListAsync(caller.Person.Account, OfShares, skip, limit, cancel);
        return new MessagesAnswer(PageMeta.Of("/app/messages", $"type={request.Type}", total, limit, skip), [.. page.Select(m => Of(m, caller.Person.Account.Lang))]);
    }

    private async Task<Result<Nothing>> MarkAsync(Caller caller, MarkMessageRequest request, CancellationToken cancel)
    {
        if (request.Status is not (1 or 2)) return Fault.Invalid("status", "status is 1 or 2");
        var mark = request.Status == 1 ? MessageMark.Read : MessageMark.Deleted;
        return (await messages.MarkAsync(caller.Person.Account, request.Id, mark, cancel)).Fault is { } fault ? fault : Nothing.Value;
    }

    private static MessageAnswer Of(Message message, string lang)
    {
        var changed = message.Changed > message.At ? message.Changed : message.At;
        return new MessageAnswer(
            message.Id, Times.Iso(message.At), Times.Iso(changed), Sharing, message.Mark == MessageMark.Read ? 1 : 0,
            Text(message.Kind == MessageKind.Shared, MessageService.Read(message).DeviceName, lang));
    }

    private static string Text(bool shared, string device, string lang) => (shared, lang) switch
    {
        (true, "cn") => $"“{device}”已分享给您",
        (false, "cn") => $"“{device}”已不再分享给您",
        (true, _) => $"\"{device}\" is shared with you",
        (false, _) => $"\"{device}\" is not shared with you any more",
    };
}
