using System.Globalization;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Homes;
using Irori.Core.Sharing;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>Somebody in a home. Login: of the owner his own, of a member the one by which he was invited.</summary>
internal sealed record PersonItem(string Id, string Name, string? Login, long? Since)
{
    public static PersonItem Of(HomePerson person) => new(person.AccountId, person.Nickname, person.Login, person.Since?.ToUnixTimeMilliseconds());
}

/// <summary>
/// An invitation that waits for an answer. Login and name are the other person's: for the owner of the home the one who is invited, for that one the owner.
/// </summary>
internal sealed record InvitationItem(string Id, string Home, string Name, string? Login, long Created, long Until)
{
    public static InvitationItem Of(HomeInvitation invitation) => new(
        invitation.Share.ToString(CultureInfo.InvariantCulture), invitation.HomeName, invitation.Nickname, invitation.Login,
        invitation.Created.ToUnixTimeMilliseconds(), invitation.Until.ToUnixTimeMilliseconds());
}

/// <summary>Who is in a home. A member is told of the owner and himself.</summary>
internal sealed record MembersAnswer(string Role, PersonItem Owner, IReadOnlyList<PersonItem> Members, IReadOnlyList<InvitationItem> Invitations);

/// <summary>Invitations that wait for who is signed in.</summary>
internal sealed record InvitationsAnswer(IReadOnlyList<InvitationItem> Invitations);

/// <summary>Whom to invite, by e-mail address or phone number.</summary>
internal sealed record InviteBody(string? Login);

/// <summary>The answer to an invitation.</summary>
internal sealed record AnswerBody(bool? Accept);

/// <summary>The people of a home: invited, removed, leaving.</summary>
internal sealed class MembersApi(MembershipService memberships, SharingService sharing)
{
    public async Task<Result<MembersAnswer>> ListAsync(HttpContext context, Principal who)
    {
        if (!(await memberships.FindAsync(who, Home(context), context.RequestAborted)).Try(out var circle, out var fault)) return fault;
        return new MembersAnswer(
            ConsoleJson.Word(circle.Home.Role), PersonItem.Of(circle.Owner), [.. circle.Members.Select(PersonItem.Of)], [.. circle.Invited.Select(InvitationItem.Of)]);
    }

    public async Task<Result<Done>> InviteAsync(HttpContext context, Principal who)
    {
        if (!(await ConsoleInput.BodyAsync(context, ConsoleJson.Default.InviteBody)).Try(out var body, out var fault)) return fault;
        if (!Login.Parse(body.Login?.Trim() ?? "").Try(out var login, out _)) return Fault.Invalid("login", "login is an e-mail address, or a phone number with + and country code");
        return (await memberships.InviteAsync(who, Home(context), login, context.RequestAborted)).Fault is { } failed ? failed : new Done();
    }

    public Task<Result<Done>> RemoveAsync(HttpContext context, Principal who) =>
        memberships.RemoveAsync(who, Home(context), ConsoleInput.Route(context, "account"), context.RequestAborted);

    public Task<Result<Done>> LeaveAsync(HttpContext context, Principal who) => memberships.LeaveAsync(who, Home(context), context.RequestAborted);

    public async Task<Result<InvitationsAnswer>> InvitationsAsync(HttpContext context, Principal who) =>
        new InvitationsAnswer([.. (await memberships.InvitationsAsync(who, context.RequestAborted)).Select(InvitationItem.Of)]);

    public async Task<Result<Done>> AnswerAsync(HttpContext context, Principal who)
    {
        if (!(await ConsoleInput.BodyAsync(context, ConsoleJson.Default.AnswerBody)).Try(out var body, out var fault)) return fault;
        if (body.Accept is not { } accept) return Fault.Invalid("accept", "accept is true or false");
        if (!Invitation(context).Try(out var share, out fault)) return fault;
        return (await sharing.AnswerAsync(who, share, accept, context.RequestAborted)).Fault is { } failed ? failed : new Done();
    }

    public async Task<Result<Done>> WithdrawAsync(HttpContext context, Principal who) =>
        Invitation(context).Try(out var share, out var fault) ? await sharing.CancelAsync(who, share, context.RequestAborted) : fault;

    private static string Home(HttpContext context) => ConsoleInput.Route(context, "home");

    private static Result<long> Invitation(HttpContext context) =>
        long.TryParse(ConsoleInput.Route(context, "invitation"), NumberStyles.None, CultureInfo.InvariantCulture, out var share)
            ? share
            : new Fault(FaultKind.NotVisible, "share not found", SharingService.ShareField);
}
