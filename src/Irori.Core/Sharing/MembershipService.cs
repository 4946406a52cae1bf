using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Homes;

namespace Irori.Core.Sharing;

/// <summary>Who is in a home, as one of them sees it.</summary>
/// <param name="Home">The home.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Members">Its members by the time at which they joined; for a member only himself.</param>
/// <param name="Invited">Invitations that wait for an answer; for a member none.</param>
public sealed record HomeCircle(Home Home, HomePerson Owner, IReadOnlyList<HomePerson> Members, IReadOnlyList<HomeInvitation> Invited);

/// <summary>
/// Homes that several people share. An invitation is a share of a home that asks its receiver: <see cref="SharingService.AnswerAsync"/> accepts and refuses it,
/// <see cref="SharingService.CancelAsync"/> withdraws it, and it expires as every share does. What a member has is decided by <see cref="HomeMembers"/>.
/// </summary>
public sealed class MembershipService(IDatabase database, HomeMembers members, TimeProvider time)
{
    /// <summary>For how long an invitation can be answered.</summary>
    public static readonly TimeSpan InvitedFor = TimeSpan.FromDays(7);

    /// <summary>Most members of a home, with those who are invited.</summary>
    public const int MaxPerHome = 50;

    // Others can invite without asking: who is invited to many homes sees the oldest invitations.
    private const int MaxInvitations = 100;

    /// <summary>
    /// Invites somebody to one of the person's homes; an invitation that waits already is replaced. Faults: not visible; <see cref="FaultKind.NotAllowed"/> by
    /// a member; <see cref="FaultKind.NoSuchAccount"/>; <see cref="FaultKind.Invalid"/> for oneself; <see cref="FaultKind.AlreadyBound"/> for a member;
    /// <see cref="FaultKind.LimitReached"/>.
    /// </summary>
    public Task<Result<Share>> InviteAsync(Principal who, string homeId, Login login, CancellationToken cancel) => database.WriteAsync<Share>(
        async s =>
        {
            if (!(await OwnAsync(s, who, homeId)).Try(out var home, out var fault)) return fault;
            if (!(await SharingService.ReceiverAsync(s, who, Receiver.Of(login))).Try(out var receiver, out fault)) return fault;
            var now = time.GetUtcNow();
            var of = SharedThing.Home(home.No);
            var open = await s.Shares.FindOpenAsync(of, receiver.No);
            if (open is { State: ShareState.Accepted }) return new Fault(FaultKind.AlreadyBound, "This person is a member of the home already", SharingService.ReceiverField);
            if (open is not null) await s.Shares.AnswerAsync(open.No, ShareState.Cancelled, null, null, now);
            if (await s.Shares.CountOpenAsync(of) >= MaxPerHome) return new Fault(FaultKind.LimitReached, $"A home has at most {MaxPerHome} members", SharingService.ShareField);
            var no = await s.Shares.AddAsync(new Share
            {
                Kind = ShareKind.Direct, Consent = ShareConsent.Asked, TargetKind = ShareTarget.Home, Target = home.No, Sender = who.Account.No, Receiver = receiver.No,
                Named = login.Value, Permit = 0, Comment = "", State = ShareState.Pending, Created = now, Changed = now, Until = now + InvitedFor,
            });
            return (await s.Shares.FindAsync(no))!;
        },
        cancel);

    /// <summary>Invitations that wait for the person's answer, oldest first.</summary>
    public Task<IReadOnlyList<HomeInvitation>> InvitationsAsync(Principal who, CancellationToken cancel) =>
        database.ReadAsync(s => s.Shares.InvitationsAsync(who.Account.No, time.GetUtcNow(), MaxInvitations), cancel);

    /// <summary>Who is in one of the person's homes.</summary>
    public Task<Result<HomeCircle>> FindAsync(Principal who, string homeId, CancellationToken cancel) => database.ReadAsync<Result<HomeCircle>>(
        async s =>
        {
            if (await s.Homes.FindAsync(who.Account.No, homeId) is not { } home) return Fault.NotVisible("home");
            var people = await s.Homes.PeopleAsync(home.No);
            var owns = home.Role == Role.Owner;
            return new HomeCircle(
                home,
                people.First(p => p.Role == Role.Owner),
                [.. people.Where(p => p.Role == Role.Member && (owns || p.Account == who.Account.No))],
                owns ? await s.Shares.InvitedAsync(home.No, time.GetUtcNow(), MaxPerHome) : []);
        },
        cancel);

    /// <summary>The owner of a home removes a member. Faults: not visible (home, member); <see cref="FaultKind.NotAllowed"/> by a member.</summary>
    public Task<Result<Done>> RemoveAsync(Principal who, string homeId, string accountId, CancellationToken cancel) => EndAsync(
        async s =>
        {
            if (!(await OwnAsync(s, who, homeId)).Try(out var home, out var fault)) return fault;
            var member = (await s.Homes.PeopleAsync(home.No)).FirstOrDefault(p => p.Role == Role.Member && p.AccountId == accountId);
            return member is null ? Fault.NotVisible("member") : Result.Of(await members.LeaveAsync(s, home.Owner, home.No, member.Account, ShareEnd.Initiator));
        },
        cancel);

    /// <summary>A member leaves a home. Faults: not visible; <see cref="FaultKind.NotAllowed"/> by the owner.</summary>
    public Task<Result<Done>> LeaveAsync(Principal who, string homeId, CancellationToken cancel) => EndAsync(
        async s =>
        {
            // This takes the row of the home's owner.
            if (!(await HomeService.ResolveAsync(s, who.Account.No, homeId, roomId: null)).Try(out var place, out var fault)) return fault;
            return place.Home.Role == Role.Member
                ? Result.Of(await members.LeaveAsync(s, place.Home.Owner, place.Home.No, who.Account.No, ShareEnd.Receiver))
                : Fault.NotAllowed("The owner of a home does not leave it");
        },
        cancel);

    private async Task<Result<Done>> EndAsync(Func<IStores, Task<Result<IReadOnlyList<long>>>> end, CancellationToken cancel)
    {
        if (!(await database.WriteAsync(end, cancel)).Try(out var lost, out var fault)) return fault;
        members.Announce(lost);
        return new Done();
    }

    private static async Task<Result<Home>> OwnAsync(IStores s, Principal who, string homeId)
    {
        if (!(await HomeService.ResolveAsync(s, who.Account.No, homeId, roomId: null)).Try(out var place, out var fault)) return fault;
        return place.Home.Role == Role.Owner ? place.Home : Fault.NotAllowed("Only the owner of a home decides who is in it");
    }
}
