using Irori.Core.Bindings;

namespace Irori.Core.Sharing;

/// <summary>A share as one of its two people sees it.</summary>
public sealed class Invitation
{
    /// <summary>Its number.</summary>
    public required long No { get; init; }

    /// <summary>How it finds its receiver.</summary>
    public required ShareKind Kind { get; init; }

    /// <summary>What has become of it.</summary>
    public required ShareState State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its state changed.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>Of a pending share the last moment to answer, of an accepted one the end of the right; null: none.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Id of the device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>What this person calls it, or its owner where he does not have it.</summary>
    public required string DeviceName { get; init; }

    /// <summary>Name of its product.</summary>
    public required string ProductName { get; init; }

    /// <summary>Id of the other person's account; null: a code that nobody has shown yet.</summary>
    public string? OtherId { get; init; }

    /// <summary>What this person calls the other, possibly empty.</summary>
    public required string OtherAlias { get; init; }

    /// <summary>The other's chosen name, or null.</summary>
    public string? OtherName { get; init; }

    /// <summary>The other's e-mail login, or null.</summary>
    public string? OtherEmail { get; init; }

    /// <summary>The other's phone login, or null.</summary>
    public string? OtherPhone { get; init; }
}

/// <summary>Which invitations of a person: those that he sent or received.</summary>
/// <param name="Sent">True: sent; false: received.</param>
/// <param name="States">In which states; null: in any.</param>
/// <param name="DeviceId">Of which device; null: of any.</param>
/// <param name="Skip">How many to pass over.</param>
/// <param name="Limit">Most of a page.</param>
public sealed record InvitationQuery(bool Sent, IReadOnlyCollection<ShareState>? States, string? DeviceId, int Skip, int Limit);

/// <summary>A page of invitations, and how many there are in all.</summary>
public sealed record InvitationPage(IReadOnlyList<Invitation> Invitations, int Total);

/// <summary>Fields by which a dialect tells faults of invitations apart.</summary>
public static class InvitationFields
{
    /// <summary><see cref="FaultKind.AlreadyBound"/>: the receiver uses the device already.</summary>
    public const string Bound = "receiver.bound";

    /// <summary><see cref="FaultKind.AlreadyBound"/>: the receiver was asked and has not answered yet.</summary>
    public const string Waiting = "share.waiting";

    /// <summary><see cref="FaultKind.Superseded"/>: nobody answered in time.</summary>
    public const string Expired = "share.expired";

    /// <summary><see cref="FaultKind.Superseded"/>: it was answered.</summary>
    public const string Answered = "share.answered";

    /// <summary><see cref="FaultKind.Superseded"/>: the sender took it back, or its right has ended.</summary>
    public const string Cancelled = "share.cancelled";

    /// <summary><see cref="FaultKind.Superseded"/>: the owner has given the device up.</summary>
    public const string OwnerLeft = "share.owner";

    /// <summary><see cref="FaultKind.NotAllowed"/>: it is one's own device.</summary>
    public const string Own = "share.own";

    /// <summary><see cref="FaultKind.Invalid"/>: the device cannot be handed over to oneself.</summary>
    public const string HandedToSelf = "transfer.self";

    /// <summary><see cref="FaultKind.NotVisible"/>: the account does not use the device as a guest.</summary>
    public const string NoGuest = "transfer.guest";

    /// <summary><see cref="FaultKind.NotAllowed"/>: the guest's right ends by itself.</summary>
    public const string TimedGuest = "transfer.timed";
}

/// <summary>
/// Invitations by their numbers, as both of their people see and answer them, and handing a device over to a guest. The machine behind them is
/// <see cref="SharingService"/>; here are the words for why something does not go.
/// </summary>
public sealed class InvitationService(IDatabase database, SharingService sharing, BindingService bindings, TimeProvider time)
{
    /// <summary>Most invitations of one page.</summary>
    public const int MaxPage = 500;

    /// <summary>Longest name for the other person, in characters.</summary>
    public const int MaxAlias = 64;

    /// <summary>
    /// Invites somebody to use a device, who is not asked a second time. <see cref="FaultKind.AlreadyBound"/> with <see cref="InvitationFields.Bound"/> or
    /// <see cref="InvitationFields.Waiting"/>; otherwise faults as those of <see cref="SharingService"/>.
    /// </summary>
    public async Task<Result<Share>> InviteAsync(Principal who, string deviceId, Receiver to, NewShare wanted, TimeSpan within, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var open = await database.ReadAsync<Fault?>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { Role: Role.Owner } device) return null;
                var receiver = to.Login is { } login ? await s.Accounts.FindAsync(login) : await s.Accounts.FindAsync(to.AccountId ?? "");
                if (receiver is null || receiver.No == who.Account.No) return null;
                if (await s.Bindings.FindAsync(receiver.No, device.No) is { Role: Role.Guest } || (!device.IsOpen && await s.Bindings.FindAsync(receiver.No, device.No) is not null))
                    return new Fault(FaultKind.AlreadyBound, "The receiver has the device already", InvitationFields.Bound);
                return await s.Shares.FindOpenAsync(SharedThing.Device(device.No), receiver.No) is { State: ShareState.Pending } pending && pending.Until > now
                    ? new Fault(FaultKind.AlreadyBound, "The receiver was asked and has not answered yet", InvitationFields.Waiting)
                    : null;
            },
            cancel);
        // What the machine itself refuses, it refuses first; of two who ask at once the later replaces the other's question.
        if (open is not null) return open;
        return await sharing.OfferAsync(who, deviceId, to, wanted, within, cancel);
    }

    /// <summary>A page of invitations, newest first. <see cref="FaultKind.NotAllowed"/>: only the owner asks for those of a device.</summary>
    public Task<Result<InvitationPage>> ListAsync(Principal who, InvitationQuery query, CancellationToken cancel) => database.ReadAsync<Result<InvitationPage>>(
        async s =>
        {
            if (query.DeviceId is { } did)
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, did) is not { } device) return Fault.NotVisible("device");
                if (device.Role != Role.Owner) return Fault.NotAllowed("Only the owner sees the invitations of a device");
            }

            return new InvitationPage(
                await s.Shares.InvitationsAsync(who.Account.No, who.App.No, query), await s.Shares.CountInvitationsAsync(who.Account.No, who.App.No, query));
        },
        cancel);

    /// <summary>
    /// The sender takes an invitation back; who has accepted it loses the device. Not visible: it is another's, or by a code;
    /// <see cref="FaultKind.NotAllowed"/>: by its receiver; <see cref="FaultKind.Superseded"/>: it is over already.
    /// </summary>
    public async Task<Result<Done>> WithdrawAsync(Principal who, long share, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var withdrawn = await database.WriteAsync<Done>(
            async s =>
            {
                if (await FindAsync(s, share) is not { } found || !IsHis(found, who)) return NoShare;
                if (found.Sender != who.Account.No) return Fault.NotAllowed("Only who shared a device takes it back");
                if (found.Kind == ShareKind.Code) return NoShare;
                // The device's row first, as everywhere: what follows sees what was answered meanwhile.
                await s.Devices.RaiseAccessAsync(found.Target, ownerSince: null);
                if (found.Receiver is { } receiver && await s.Shares.FindOpenAsync(SharedThing.Device(found.Target), receiver) is { State: ShareState.Accepted } accepted && accepted.No == share)
                {
                    ended = await bindings.EndAsync(s, found.Target, receiver, EndReason.ShareWithdrawn);
                    return new Done();
                }

                return await s.Shares.AnswerAsync(share, ShareState.Cancelled, null, null, time.GetUtcNow()) ? new Done() : Over(InvitationFields.Cancelled);
            },
            cancel);
        if (withdrawn.IsOk) bindings.Announce(ended);
        return withdrawn;
    }

    /// <summary>
    /// The receiver accepts or refuses. <see cref="FaultKind.Superseded"/> with a field of <see cref="InvitationFields"/> says why he cannot any more;
    /// <see cref="FaultKind.AlreadyBound"/>: he has the device already.
    /// </summary>
    public async Task<Result<Share>> AnswerAsync(Principal who, long share, bool accept, CancellationToken cancel)
    {
        var (found, has) = await database.ReadAsync(
            async s => await FindAsync(s, share) is { } known && known.Receiver == who.Account.No
                ? (known, await s.Bindings.FindAsync(who.Account.No, known.Target) is not null)
                : ((Share?)null, false),
            cancel);
        if (found is null) return NoShare;
        if (WhyOver(found) is { } over) return over;
        if (accept && has) return new Fault(FaultKind.AlreadyBound, "The device is bound already", InvitationFields.Bound);
        var answered = await sharing.AnswerAsync(who, share, accept, cancel);
        // Somebody was faster: the row says who.
        return answered.Fault is { Kind: FaultKind.Superseded } && await database.ReadAsync(s => FindAsync(s, share), cancel) is { } now && WhyOver(now) is { } late ? late : answered;
    }

    /// <summary>
    /// What a code offers to somebody who has not got it yet. <see cref="FaultKind.NotAllowed"/> with <see cref="InvitationFields.Own"/>: it is his own;
    /// <see cref="FaultKind.Superseded"/>: its time is over.
    /// </summary>
    public async Task<Result<Invitation>> FindCodeAsync(Principal who, string code, CancellationToken cancel)
    {
        var (share, offered) = await database.ReadAsync(
            async s => await s.Shares.FindCodeAsync(SharingService.HashOf(code)) is { } found
                ? (found, await s.Shares.FindOfferAsync(found.No))
                : ((Share?)null, (Invitation?)null),
            cancel);
        if (share is null || offered is null) return NoShare;
        if (share.Sender == who.Account.No) return Fault.NotAllowed("The code is one's own") with { Field = InvitationFields.Own };
        return WhyOver(share) is { } over ? over : offered;
    }

    /// <summary>Accepts what a code offers. Faults as <see cref="FindCodeAsync"/>; <see cref="FaultKind.AlreadyBound"/>: he has the device already.</summary>
    public async Task<Result<Share>> AcceptCodeAsync(Principal who, string code, CancellationToken cancel)
    {
        if ((await FindCodeAsync(who, code, cancel)).Fault is { } fault) return fault;
        var taken = await sharing.RedeemAsync(who, code, cancel);
        return taken.Fault is { Kind: FaultKind.Invalid } ? new Fault(FaultKind.AlreadyBound, "The device is bound already", InvitationFields.Bound) : taken;
    }

    /// <summary>Sets what one of the two people of a share calls the other.</summary>
    public Task<Result<Done>> SetAliasAsync(Principal who, long share, string alias, CancellationToken cancel)
    {
        if (alias.Length > MaxAlias) return Task.FromResult<Result<Done>>(Fault.Invalid("user_alias", $"user_alias has at most {MaxAlias} characters"));
        return database.WriteAsync<Done>(
            async s =>
            {
                if (await FindAsync(s, share) is not { } found || !IsHis(found, who)) return NoShare;
                await s.Shares.SetAliasAsync(share, found.Sender == who.Account.No, alias);
                return new Done();
            },
            cancel);
    }

    /// <summary>
    /// The owner hands a device over to one of its guests: he and the other guests lose it, and its history begins anew. Faults: not visible;
    /// <see cref="FaultKind.NotAllowed"/> by a guest, or with <see cref="InvitationFields.TimedGuest"/>; <see cref="FaultKind.NoSuchAccount"/>;
    /// <see cref="FaultKind.NotVisible"/> with <see cref="InvitationFields.NoGuest"/>.
    /// </summary>
    public async Task<Result<Done>> TransferAsync(Principal who, string deviceId, string guestId, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var handed = await database.WriteAsync<Done>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                if (device.Role != Role.Owner) return Fault.NotAllowed("Only its owner hands a device over");
                if (guestId == who.Account.Id) return Fault.Invalid(InvitationFields.HandedToSelf, "The device is one's own already");
                if (await s.Accounts.FindAsync(guestId) is not { Closed: null } guest) return new Fault(FaultKind.NoSuchAccount, "The account does not exist", SharingService.ReceiverField);
                await s.Devices.RaiseAccessAsync(device.No, ownerSince: null);
                if (await s.Bindings.FindAsync(guest.No, device.No) is not { Role: Role.Guest }) return Fault.NotVisible("guest") with { Field = InvitationFields.NoGuest };
                if (await s.Shares.FindOpenAsync(SharedThing.Device(device.No), guest.No) is { State: ShareState.Accepted, Until: not null })
                    return Fault.NotAllowed("The guest's right ends by itself") with { Field = InvitationFields.TimedGuest };
                ended = await bindings.HandOverAsync(s, device.No, who.Account.No, guest.No);
                return new Done();
            },
            cancel);
        if (handed.IsOk) bindings.Announce(ended);
        return handed;
    }

    // An invitation into a home has its own ways.
    private static async Task<Share?> FindAsync(IStores stores, long share) =>
        await stores.Shares.FindAsync(share) is { TargetKind: ShareTarget.Device } found ? found : null;

    private Fault? WhyOver(Share share) => share switch
    {
        { State: ShareState.Pending } => share.Until <= time.GetUtcNow() ? Over(InvitationFields.Expired) : null,
        { State: ShareState.Expired } => Over(InvitationFields.Expired),
        { State: ShareState.Ended, EndedBy: ShareEnd.OwnerUnbound or ShareEnd.Preempted } => Over(InvitationFields.OwnerLeft),
        { State: ShareState.Ended or ShareState.Cancelled } => Over(InvitationFields.Cancelled),
        _ => Over(InvitationFields.Answered),
    };

    private static bool IsHis(Share share, Principal who) => share.Sender == who.Account.No || share.Receiver == who.Account.No;

    private static Fault NoShare => new(FaultKind.NotVisible, "share not found", SharingService.ShareField);

    private static Fault Over(string why) => new(FaultKind.Superseded, "The share is not open any more", why);
}
