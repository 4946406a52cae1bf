using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Feeds;
using Irori.Core.Homes;

namespace Irori.Core.Sharing;

/// <summary>
/// Shares, one machine for every dialect: given silently, asked for, asked for live, or taken by a code. Only the owner of a device shares it, and what
/// he does not see is answered as not found. A home is shared by <see cref="MembershipService"/>, with the same states. A right that ends, ends through <see cref="BindingService"/>, with everything that hangs on it.
/// </summary>
/// <remarks>
/// <para>How a dialect asks live (CoolKit v1, share). The sender's connection calls <see cref="AskAsync"/> and waits. Every connection whose app can
/// answer opens its feed with <c>takesOffers</c>; each time <see cref="Feed.TakeAsync"/> returns, it also sends what <see cref="Feed.TakeOffers"/> gives,
/// with <see cref="ShareOffer.Share"/> in a field that the app echoes. The app's answer becomes <see cref="AnswerAsync"/>, on whatever node it
/// arrives. The row decides, not the message: an answer whose event is lost is read at the deadline, and a feed that opens meanwhile is asked too.</para>
/// <para>Feeds of apps that cannot answer are opened without <c>takesOffers</c> and never hear of it.</para>
/// </remarks>
public sealed class SharingService
{
    /// <summary>Field of a fault that concerns the receiver: <see cref="FaultKind.NoSuchAccount"/>, or <see cref="FaultKind.Invalid"/> for oneself.</summary>
    public const string ReceiverField = "receiver";

    /// <summary>Field of <see cref="FaultKind.NotVisible"/> when the device is seen, but there is no such share; of <see cref="FaultKind.Throttled"/> when it was asked too recently.</summary>
    public const string ShareField = "share";

    /// <summary>Most pending and accepted shares of a device.</summary>
    public const int MaxPerDevice = 100;

    private readonly IDatabase _database;
    private readonly BindingService _bindings;
    private readonly HomeMembers _members;
    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();

    /// <summary>Listens to the bus for answers.</summary>
    public SharingService(IDatabase database, BindingService bindings, HomeMembers members, IBus bus, TimeProvider time)
    {
        _database = database;
        _bindings = bindings;
        _members = members;
        _bus = bus;
        _time = time;
        bus.Subscribe(happened =>
        {
            if (happened is ShareAnswered answered && _waiting.TryGetValue(answered.Share, out var waiting)) waiting.TrySetResult();
        });
    }

    /// <summary>
    /// Shares devices silently, all or none: the receiver may use them at once. One that he has by a share gets the new rights and the new note.
    /// Faults: not visible; <see cref="FaultKind.NotAllowed"/> by a guest; <see cref="FaultKind.NoSuchAccount"/>; <see cref="FaultKind.LimitReached"/>.
    /// </summary>
    public async Task<Result<Done>> ShareAsync(Principal who, IReadOnlyList<string> deviceIds, Receiver to, NewShare wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var admitted = new List<long>();
        var shared = await _database.WriteAsync<Done>(
            async s =>
            {
                if (!(await OwnedAsync(s, who, deviceIds)).Try(out var devices, out var fault)) return fault;
                if (!(await ReceiverAsync(s, who, to)).Try(out var receiver, out fault)) return fault;
                // In one order, so that two who share the same devices do not wait for each other.
                foreach (var device in devices.OrderBy(d => d.No))
                {
                    if (!(await LockAsync(s, who, device, receiver)).Try(out var open, out fault)) return fault;
                    if (open is { State: ShareState.Accepted })
                    {
                        await s.Shares.ChangeAsync(open, wanted.Permit, wanted.Comment);
                        continue;
                    }

                    if (open is not null) await s.Shares.AnswerAsync(open.No, ShareState.Cancelled, null, null, _time.GetUtcNow());
                    await s.Shares.AddAsync(Row(who, device, receiver, to, wanted, ShareConsent.None, ShareState.Accepted, LastsUntil(wanted.Minutes)));
                    await _bindings.AdmitAsync(s, receiver.No, device.No, wanted.Permit);
                    admitted.Add(device.No);
                }

                return new Done();
            },
            cancel);
        if (!shared.IsOk) return shared;
        foreach (var device in admitted) _bindings.AnnounceAdmitted(device);
        return shared;
    }

    /// <summary>
    /// Offers a device; the receiver may answer by <see cref="AnswerAsync"/> until the time is over. One that waits for an answer already is replaced;
    /// one that he has already is answered as it is.
    /// </summary>
    public async Task<Result<Share>> OfferAsync(Principal who, string deviceId, Receiver to, NewShare wanted, TimeSpan within, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        return await _database.WriteAsync<Share>(s => OfferAsync(s, who, deviceId, to, wanted, ShareConsent.Asked, within), cancel);
    }

    /// <summary>
    /// Offers a device to somebody who is connected, and waits for his answer until the time is over. Who did not answer can be asked again when
    /// <paramref name="pause"/> has passed: <see cref="FaultKind.Throttled"/> before. Faults otherwise as <see cref="ShareAsync"/>.
    /// </summary>
    public async Task<Result<LiveAnswer>> AskAsync(
        Principal who, string deviceId, Receiver to, NewShare wanted, TimeSpan within, TimeSpan pause, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var offered = await _database.WriteAsync<Share>(
            async s =>
            {
                if (!(await OwnedAsync(s, who, [deviceId])).Try(out var devices, out var fault)) return fault;
                if (!(await ReceiverAsync(s, who, to)).Try(out var receiver, out fault)) return fault;
                if (await s.Shares.FindLastLiveAsync(devices[0].No, receiver.No) is { State: ShareState.Pending or ShareState.Expired, Until: { } until })
                {
                    var wait = until + pause - _time.GetUtcNow();
                    if (wait > TimeSpan.Zero) return new Fault(FaultKind.Throttled, "The receiver was asked a moment ago and did not answer", ShareField, RetryAfter: wait);
                }

                return await OfferAsync(s, who, deviceId, to, wanted, ShareConsent.Live, within);
            },
            cancel);
        if (!offered.Try(out var share, out var failed)) return failed;
        if (share.State == ShareState.Accepted) return LiveAnswer.AlreadyShared;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[share.No] = answered;
        try
        {
            _bus.Publish(new ShareOffered(share.Receiver!.Value));
            await answered.Task.WaitAsync(within, _time, cancel);
        }
        catch (TimeoutException)
        {
            // The row knows.
        }
        finally
        {
            _waiting.TryRemove(share.No, out _);
        }

        return await SettleAsync(share.No, cancel);
    }

    /// <summary>
    /// The receiver accepts or refuses a share that waits for his answer: of a device, or of a home of which he is a member then. Anybody else's share is not visible;
    /// <see cref="FaultKind.Superseded"/>: it was answered otherwise, withdrawn, or its time is over.
    /// </summary>
    public async Task<Result<Share>> AnswerAsync(Principal who, long share, bool accept, CancellationToken cancel)
    {
        var answered = await _database.WriteAsync<Answered>(
            async s => await s.Shares.FindAsync(share) is { } found && found.Receiver == who.Account.No
                ? await SetAsync(s, found, who.Account.No, accept ? ShareState.Accepted : ShareState.Refused)
                : NoShare,
            cancel);
        return Announced(answered);
    }

    /// <summary>
    /// Offers a device to whoever shows a code first, until the time is over. The code is answered once, and stored as a hash.
    /// </summary>
    public async Task<Result<(Share Share, string Code)>> OfferCodeAsync(Principal who, string deviceId, NewShare wanted, TimeSpan within, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var code = Ids.Token();
        return await _database.WriteAsync<(Share, string)>(
            async s =>
            {
                if (!(await OwnedAsync(s, who, [deviceId])).Try(out var devices, out var fault)) return fault;
                await s.Devices.RaiseAccessAsync(devices[0].No, ownerSince: null);
                if (devices[0].IsOpen) await _bindings.CloseAsync(s, who.Account.No, devices[0].No);
                if (await s.Shares.CountOpenAsync(SharedThing.Device(devices[0].No)) >= MaxPerDevice) return TooMany;
                var now = _time.GetUtcNow();
                var no = await s.Shares.AddAsync(new Share
                {
                    Kind = ShareKind.Code, Consent = ShareConsent.Asked, TargetKind = ShareTarget.Device, Target = devices[0].No, Sender = who.Account.No, CodeHash = HashOf(code), Permit = wanted.Permit,
                    Minutes = wanted.Minutes, Comment = wanted.Comment, State = ShareState.Pending, Created = now, Changed = now, Until = now + within,
                });
                return ((await s.Shares.FindAsync(no))!, code);
            },
            cancel);
    }

    /// <summary>
    /// Somebody shows a code and may use its device from now on. An unknown, used or old code is not visible; nobody uses his own.
    /// </summary>
    public async Task<Result<Share>> RedeemAsync(Principal who, string code, CancellationToken cancel)
    {
        var answered = await _database.WriteAsync<Answered>(
            async s =>
            {
                if (await s.Shares.FindCodeAsync(HashOf(code)) is not { } found) return NoShare;
                await s.Devices.RaiseAccessAsync(found.Target, ownerSince: null);
                if (await s.Bindings.FindAsync(who.Account.No, found.Target) is not null) return Oneself("has the device already");
                // Who was asked too has answered by that.
                if (await s.Shares.FindOpenAsync(found.Shared, who.Account.No) is { State: ShareState.Pending } asked) await s.Shares.AnswerAsync(asked.No, ShareState.Cancelled, null, null, _time.GetUtcNow());
                var set = await SetAsync(s, found, who.Account.No, ShareState.Accepted);
                return set.Fault is { Kind: FaultKind.Superseded } ? NoShare : set;
            },
            cancel);
        return Announced(answered);
    }

    /// <summary>Changes what a receiver may do. Faults: not visible; <see cref="FaultKind.NotAllowed"/> by a guest.</summary>
    public async Task<Result<Done>> ChangePermitAsync(Principal who, string deviceId, Receiver to, int permit, CancellationToken cancel)
    {
        if (permit is < 0 or > TimerRights.All) return WrongPermit;
        return await _database.WriteAsync<Done>(
            async s =>
            {
                if (!(await OpenAsync(s, who, deviceId, to)).Try(out var open, out var fault)) return fault;
                if (open.State != ShareState.Accepted) return NoShare;
                await s.Shares.ChangeAsync(open, permit, open.Comment);
                return new Done();
            },
            cancel);
    }

    /// <summary>The owner takes a device back, or withdraws an offer that is not answered. Faults: not visible; <see cref="FaultKind.NotAllowed"/> by a guest.</summary>
    public async Task<Result<Done>> EndAsync(Principal who, string deviceId, Receiver to, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var done = await _database.WriteAsync<Done>(
            async s =>
            {
                if (!(await OpenAsync(s, who, deviceId, to)).Try(out var open, out var fault)) return fault;
                if (open.State == ShareState.Accepted) ended = await _bindings.EndAsync(s, open.Target, open.Receiver!.Value, EndReason.ShareWithdrawn);
                else await s.Shares.AnswerAsync(open.No, ShareState.Cancelled, null, null, _time.GetUtcNow());
                return new Done();
            },
            cancel);
        if (done.IsOk) _bindings.Announce(ended);
        return done;
    }

    /// <summary>The sender withdraws an offer that nobody has answered yet, by its number.</summary>
    public Task<Result<Done>> CancelAsync(Principal who, long share, CancellationToken cancel) => _database.WriteAsync<Done>(
        async s => await s.Shares.FindAsync(share) is { } found && found.Sender == who.Account.No
            && await s.Shares.AnswerAsync(share, ShareState.Cancelled, null, null, _time.GetUtcNow())
                ? new Done()
                : NoShare,
        cancel);

    /// <summary>
    /// The people of shares, for devices as one person sees them: of a device that he owns those who have a share of it, of another who shared it with him or owns
    /// the home in which he has it.
    /// </summary>
    public async Task<ILookup<long, SharePerson>> PeopleAsync(Principal who, IReadOnlyCollection<VisibleDevice> devices, CancellationToken cancel)
    {
        var own = devices.Where(d => d.Role == Role.Owner).Select(d => d.No).ToList();
        var others = devices.Where(d => d.Role == Role.Guest).Select(d => d.No).ToList();
        var hosted = devices.Where(d => d.Role == Role.Member).Select(d => d.No).ToList();
        var people = await _database.ReadAsync(
            async s => (IEnumerable<SharePerson>)
            [
                .. own.Count > 0 ? await s.Shares.ReceiversAsync(own) : [],
                .. others.Count > 0 ? await s.Shares.SendersAsync(who.Account.No, others) : [],
                .. hosted.Count > 0 ? await s.Shares.HostsAsync(who.Account.No, hosted) : [],
            ],
            cancel);
        return people.ToLookup(p => p.Device);
    }

    /// <summary>Ends what is due; answers how many shares that were.</summary>
    internal async Task<int> EndDueAsync(int limit, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        var due = await _database.ReadAsync(s => s.Shares.DueAsync(now, limit), cancel);
        foreach (var share in due)
        {
            IReadOnlyList<EndedBinding> ended = [];
            await _database.WriteAsync<Done>(
                async s =>
                {
                    if (!await s.Shares.AnswerAsync(share.No, ShareState.Expired, null, share.Until, now) && share is { TargetKind: ShareTarget.Device, Receiver: { } receiver })
                    {
                        await s.Devices.RaiseAccessAsync(share.Target, ownerSince: null);
                        if (await s.Shares.FindOpenAsync(share.Shared, receiver) is { State: ShareState.Accepted } open && open.No == share.No && open.Until <= now)
                            ended = await _bindings.EndAsync(s, share.Target, receiver, EndReason.ShareExpired);
                    }

                    return new Done();
                },
                cancel);
            _bindings.Announce(ended);
        }

        return due.Count;
    }

    private async Task<Result<Share>> OfferAsync(IStores s, Principal who, string deviceId, Receiver to, NewShare wanted, ShareConsent consent, TimeSpan within)
    {
        if (!(await OwnedAsync(s, who, [deviceId])).Try(out var devices, out var fault)) return fault;
        if (!(await ReceiverAsync(s, who, to)).Try(out var receiver, out fault)) return fault;
        if (!(await LockAsync(s, who, devices[0], receiver)).Try(out var open, out fault)) return fault;
        if (open is { State: ShareState.Accepted }) return open;
        if (open is not null) await s.Shares.AnswerAsync(open.No, ShareState.Cancelled, null, null, _time.GetUtcNow());
        return (await s.Shares.FindAsync(await s.Shares.AddAsync(Row(who, devices[0], receiver, to, wanted, consent, ShareState.Pending, _time.GetUtcNow() + within))))!;
    }

    // Takes the device's row, so that of two who share it or end its sharing at once each sees what the one before has done.
    private async Task<Result<Share?>> LockAsync(IStores s, Principal who, VisibleDevice device, Account receiver)
    {
        await s.Devices.RaiseAccessAsync(device.No, ownerSince: null);
        if (await s.Bindings.FindAsync(who.Account.No, device.No) is not { Role: Role.Owner }) return Fault.NotVisible("device");
        if (device.IsOpen) await _bindings.CloseAsync(s, who.Account.No, device.No);
        if (await s.Shares.FindOpenAsync(SharedThing.Device(device.No), receiver.No) is { } open) return open;
        if (await s.Bindings.FindAsync(receiver.No, device.No) is { Role: Role.Owner or Role.Peer }) return Fault.NotAllowed("The receiver has the device as his own");
        return await s.Shares.CountOpenAsync(SharedThing.Device(device.No)) >= MaxPerDevice ? TooMany : (Share?)null;
    }

    // A share that was answered, and the devices that its receiver may use now.
    private sealed record Answered(Share Share, IReadOnlyList<long> Admitted);

    // Accepts or refuses what is pending; the row of the device, or of the home's owner, is taken first, as everywhere.
    private async Task<Result<Answered>> SetAsync(IStores s, Share share, long receiver, ShareState state)
    {
        var now = _time.GetUtcNow();
        if (share.TargetKind == ShareTarget.Home) await s.Homes.LockAsync(share.Sender);
        else if (state == ShareState.Accepted) await s.Devices.RaiseAccessAsync(share.Target, ownerSince: null);
        if (share.Until <= now || !await s.Shares.AnswerAsync(share.No, state, receiver, state == ShareState.Accepted ? LastsUntil(share.Minutes) : null, now))
            return new Fault(FaultKind.Superseded, "The share is not open any more", ShareField);
        IReadOnlyList<long> admitted = [];
        if (state == ShareState.Accepted && share.TargetKind == ShareTarget.Home) admitted = await _members.JoinAsync(s, share.Sender, share.Target, receiver);
        else if (state == ShareState.Accepted)
        {
            await _bindings.AdmitAsync(s, receiver, share.Target, share.Permit);
            admitted = [share.Target];
        }

        return new Answered((await s.Shares.FindAsync(share.No))!, admitted);
    }

    private Result<Share> Announced(Result<Answered> answered)
    {
        if (!answered.Try(out var done, out var fault)) return fault;
        _bindings.AnnounceChanged(done.Admitted);
        if (done.Share.Consent == ShareConsent.Live) _bus.Publish(new ShareAnswered(done.Share.No));
        return done.Share;
    }

    // Whatever the waiting ended by: what is still pending has expired.
    private async Task<Result<LiveAnswer>> SettleAsync(long share, CancellationToken cancel)
    {
        var settled = await _database.WriteAsync<Share>(
            async s =>
            {
                var pending = await s.Shares.FindAsync(share);
                if (pending is null) return NoShare;
                await s.Shares.AnswerAsync(share, ShareState.Expired, null, pending.Until, _time.GetUtcNow());
                return (await s.Shares.FindAsync(share))!;
            },
            cancel);
        if (!settled.Try(out var row, out var fault)) return fault;
        return row.State switch
        {
            ShareState.Accepted => LiveAnswer.Accepted,
            ShareState.Refused => LiveAnswer.Refused,
            _ => LiveAnswer.TimedOut,
        };
    }

    private static async Task<Result<IReadOnlyList<VisibleDevice>>> OwnedAsync(IStores s, Principal who, IReadOnlyList<string> deviceIds)
    {
        var wanted = deviceIds.Distinct(StringComparer.Ordinal).ToList();
        var devices = await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, wanted);
        if (devices.Count < wanted.Count) return Fault.NotVisible("device");
        // His places first, as everywhere: the first share of an open device changes who has it there.
        if (devices.Any(d => d.IsOpen)) await s.Homes.LockAsync(who.Account.No);
        return devices.All(d => d.Role == Role.Owner) ? Result.Of(devices) : Fault.NotAllowed("Only its owner shares a device");
    }

    /// <summary>The account to share with, within a unit of work; nobody shares with himself.</summary>
    internal static async Task<Result<Account>> ReceiverAsync(IStores s, Principal who, Receiver to)
    {
        var account = to.Login is { } login ? await s.Accounts.FindAsync(login) : await s.Accounts.FindAsync(to.AccountId ?? "");
        if (account is not { Closed: null }) return new Fault(FaultKind.NoSuchAccount, "The account to share with does not exist", ReceiverField);
        return account.No == who.Account.No ? Oneself("is the owner") : account;
    }

    private static async Task<Result<Share>> OpenAsync(IStores s, Principal who, string deviceId, Receiver to)
    {
        if (!(await OwnedAsync(s, who, [deviceId])).Try(out var devices, out var fault)) return fault;
        var account = to.Login is { } login ? await s.Accounts.FindAsync(login) : await s.Accounts.FindAsync(to.AccountId ?? "");
        if (account is null) return NoShare;
        await s.Devices.RaiseAccessAsync(devices[0].No, ownerSince: null);
        return await s.Shares.FindOpenAsync(SharedThing.Device(devices[0].No), account.No) is { } open ? open : NoShare;
    }

    private Share Row(
        Principal who, VisibleDevice device, Account receiver, Receiver to, NewShare wanted, ShareConsent consent, ShareState state, DateTimeOffset? until)
    {
        var now = _time.GetUtcNow();
        return new Share
        {
            Kind = ShareKind.Direct, Consent = consent, TargetKind = ShareTarget.Device, Target = device.No, Sender = who.Account.No, Receiver = receiver.No, Named = to.Login?.Value, Permit = wanted.Permit,
            Minutes = wanted.Minutes, Comment = wanted.Comment, State = state, Created = now, Changed = now, Until = until,
        };
    }

    private DateTimeOffset? LastsUntil(int? minutes) => minutes is { } m ? _time.GetUtcNow().AddMinutes(m) : null;

    private static Fault? Check(NewShare wanted)
    {
        if (wanted.Permit is < 0 or > TimerRights.All) return WrongPermit;
        if (wanted.Comment.Length > NewShare.MaxComment) return Fault.Invalid("comment", $"comment has at most {NewShare.MaxComment} characters");
        return wanted.Minutes is < 1 ? Fault.Invalid("duration", "duration is at least a minute") : null;
    }

    internal static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private static Fault Oneself(string why) => new(FaultKind.Invalid, $"user {why}", ReceiverField);

    private static Fault NoShare => new(FaultKind.NotVisible, "share not found", ShareField);

    private static Fault TooMany => new(FaultKind.LimitReached, $"A device has at most {MaxPerDevice} shares", ShareField);

    private static Fault WrongPermit => Fault.Invalid("permit", $"permit is a sum of bits from 0 to {TimerRights.All}");
}
