using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Sharing;
using Irori.Dialects.Gizwits.Users;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Sharing;

/// <summary>An invitation that was made: its number, or what a QR code says.</summary>
internal sealed record NewSharingAnswer(long? Id, string? QrContent);

/// <summary>An invitation.</summary>
internal sealed record SharingIdAnswer(long Id);

/// <summary>What a code offers.</summary>
internal sealed record SharingCodeAnswer(string Owner, string ProductName, string DevAlias, string ExpiredAt);

/// <summary>A page of invitations.</summary>
internal sealed record SharingListAnswer(PageMeta Meta, IReadOnlyList<SharingAnswer> Objects);

/// <summary>An invitation as one of its two people sees it; the other is partly hidden.</summary>
internal sealed record SharingAnswer(
    long Id, int Type, string? Uid, string? Username, string UserAlias, string? Email, string? Phone, string Did, string ProductName, string DevAlias, int Status, string CreatedAt, string UpdatedAt,
    string ExpiredAt);

/// <summary>Invitations to use devices (Gizwits Open API, device sharing).</summary>
internal sealed class SharingOperations(SharingService sharing, InvitationService invitations)
{
    private const string Section = "Device sharing";
    private const string CodeHead = "type=share&code=";
    private const int MaxMinutes = 1440;
    private const int DefaultLimit = 20;
    private static readonly TimeSpan Within = TimeSpan.FromHours(24);
    private static readonly TimeSpan CodeWithin = TimeSpan.FromMinutes(15);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<CreateSharingRequest, NewSharingAnswer>(
            routes, new OperationInfo("POST", "/app/sharing", Access.User, "createSharing", Section, "Creates a sharing invitation."), CreateAsync);
        Operations.Map<ListSharingRequest, SharingListAnswer>(routes, new OperationInfo("GET", "/app/sharing", Access.User, "listSharing", Section, "Lists sharing invitations."), ListAsync);
        Operations.Map<SharingIdRequest, SharingIdAnswer>(
            routes, Of("DELETE", "/app/sharing/{id}", "cancelSharing", "Cancels or withdraws an invitation."),
            async (caller, request, cancel) => (await invitations.WithdrawAsync(caller.Person, request.Id, cancel)).Fault is { } fault ? fault : new SharingIdAnswer(request.Id));
        Operations.Map<AnswerSharingRequest, SharingIdAnswer>(routes, Of("PUT", "/app/sharing/{id}", "answerSharing", "Accepts or refuses an invitation."), AnswerAsync);
        Operations.Map<SharingCodeRequest, SharingCodeAnswer>(routes, Of("GET", "/app/sharing/code/{code}", "getSharingCode", "Shows the invitation behind a QR code."), CodeAsync);
        Operations.Map<SharingCodeRequest, Nothing>(
            routes, Of("POST", "/app/sharing/code/{code}", "acceptSharingCode", "Accepts a QR invitation."),
            async (caller, request, cancel) => (await invitations.AcceptCodeAsync(caller.Person, request.Code, cancel)).Fault is { } fault ? fault : Nothing.Value);
        Operations.Map<SharingAliasRequest, Nothing>(
            routes, Of("PUT", "/app/sharing/{id}/alias", "setSharingAlias", "Sets an alias for the counterpart of a record."),
            async (caller, request, cancel) => (await invitations.SetAliasAsync(caller.Person, request.Id, request.UserAlias, cancel)).Fault is { } fault ? fault : Nothing.Value);
        Operations.Map<TransferRequest, Nothing>(
            routes, new OperationInfo("POST", "/app/sharing/{did}/transfer", Access.User, "transferOwner", Section, "Transfers ownership to a guest."),
            async (caller, request, cancel) => (await invitations.TransferAsync(caller.Person, request.Did, request.Uid, cancel)).Fault is { } fault ? fault : Nothing.Value);
    }

    private static OperationInfo Of(string method, string path, string name, string summary) =>
        new(method, path, Access.User, name, Section, summary) { NotFound = GizwitsFaults.ShareNotFound };

    private async Task<Result<NewSharingAnswer>> CreateAsync(Caller caller, CreateSharingRequest request, CancellationToken cancel)
    {
        if (request.Type is not (0 or 1)) return Fault.Invalid("type", "type is 0 or 1");
        if (request.Duration is < 1 or > MaxMinutes) return Fault.Invalid("duration", $"duration is 1 to {MaxMinutes} minutes");
        var wanted = new NewShare(Permit: 0) { Minutes = request.Duration };
        if (request.Type == 1)
        {
            return (await sharing.OfferCodeAsync(caller.Person, request.Did, wanted, CodeWithin, cancel)).Try(out var offered, out var fault)
                ? new NewSharingAnswer(null, CodeHead + offered.Code)
                : Refused(fault);
        }

        if (!ReceiverOf(request).Try(out var receiver, out var wrong)) return wrong;
        return (await invitations.InviteAsync(caller.Person, request.Did, receiver, wanted, Within, cancel)).Try(out var share, out var refused)
            ? new NewSharingAnswer(share.No, null)
            : Refused(refused);
    }

    private async Task<Result<SharingListAnswer>> ListAsync(Caller caller, ListSharingRequest request, CancellationToken cancel)
    {
        var (limit, skip) = (request.Limit ?? DefaultLimit, request.Skip ?? 0);
        if (request.SharingType is not (0 or 1)) return Fault.Invalid("sharing_type", "sharing_type is 0 or 1");
        if (request.Status is < 0 or > 3) return Fault.Invalid("status", "status is 0 to 3");
        if (limit is < 1 or > InvitationService.MaxPage) return Fault.Invalid("limit", $"limit is 1 to {InvitationService.MaxPage}");
        if (skip < 0) return Fault.Invalid("skip", "skip is not negative");
        var query = new InvitationQuery(request.SharingType == 0, StatesOf(request.Status), request.Did, skip, limit);
        if (!(await invitations.ListAsync(caller.Person, query, cancel)).Try(out var page, out var fault)) return fault;
        var asked = $"sharing_type={request.SharingType}{(request.Status is { } status ? $"&status={status}" : "")}{(request.Did is { } did ? $"&did={Uri.EscapeDataString(did)}" : "")}";
        return new SharingListAnswer(PageMeta.Of("/app/sharing", asked, page.Total, limit, skip), [.. page.Invitations.Select(Show)]);
    }

    private async Task<Result<SharingIdAnswer>> AnswerAsync(Caller caller, AnswerSharingRequest request, CancellationToken cancel)
    {
        if (request.Status is not (1 or 2)) return Fault.Invalid("status", "status is 1 or 2");
        return (await invitations.AnswerAsync(caller.Person, request.Id, request.Status == 1, cancel)).Fault is { } fault ? fault : new SharingIdAnswer(request.Id);
    }

    private async Task<Result<SharingCodeAnswer>> CodeAsync(Caller caller, SharingCodeRequest request, CancellationToken cancel)
    {
        if (!(await invitations.FindCodeAsync(caller.Person, request.Code, cancel)).Try(out var offer, out var fault)) return fault;
        var owner = Masks.Middle(GizwitsLogins.ShownOrNull(offer.OtherPhone)) ?? Masks.Email(offer.OtherEmail) ?? Masks.Middle(offer.OtherName ?? offer.OtherId);
        return new SharingCodeAnswer(owner ?? "", offer.ProductName, offer.DeviceName, Times.Iso(ExpiryOf(offer)));
    }

    private static Result<Receiver> ReceiverOf(CreateSharingRequest request)
    {
        string?[] named = [request.Uid, request.Username, request.Email, request.Phone];
        if (named.Count(n => n is not null) != 1) return Fault.Invalid("uid", "exactly one of uid, username, email and phone is needed");
        if (request.Uid is { } uid) return Receiver.Of(uid);
        var parsed = request.Username is { } name ? Login.Name(name) : request.Email is { } email ? Login.Email(email) : GizwitsLogins.Phone(request.Phone!);
        return parsed.Try(out var login, out var fault) ? Receiver.Of(login) : fault;
    }

    private static Fault Refused(Fault fault) => fault.Kind switch
    {
        FaultKind.NotAllowed => fault with { Field = GizwitsFields.Sharing },
        _ => fault,
    };

    // Who did not answer in time has not accepted; a right that has ended was cancelled.
    private static IReadOnlyCollection<ShareState>? StatesOf(int? status) => status switch
    {
        0 => [ShareState.Pending, ShareState.Expired],
        1 => [ShareState.Accepted],
        2 => [ShareState.Refused],
        3 => [ShareState.Cancelled, ShareState.Ended],
        _ => null,
    };

    private static SharingAnswer Show(Invitation invitation) => new(
        invitation.No,
        invitation.Kind == ShareKind.Code ? 1 : 0,
        invitation.OtherId,
        Masks.Middle(invitation.OtherName),
        invitation.OtherAlias,
        Masks.Email(invitation.OtherEmail),
        Masks.Middle(GizwitsLogins.ShownOrNull(invitation.OtherPhone)),
        invitation.DeviceId,
        invitation.ProductName,
        invitation.DeviceName,
        invitation.State switch { ShareState.Pending or ShareState.Expired => 0, ShareState.Accepted => 1, ShareState.Refused => 2, _ => 3 },
        Times.Iso(invitation.Created),
        Times.Iso(invitation.Changed),
        Times.Iso(ExpiryOf(invitation)));

    // The end of the invitation, which is not the end of the right.
    private static DateTimeOffset ExpiryOf(Invitation invitation) => invitation.Created + (invitation.Kind == ShareKind.Code ? CodeWithin : Within);
}
