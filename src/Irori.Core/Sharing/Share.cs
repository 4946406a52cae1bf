namespace Irori.Core.Sharing;

/// <summary>How a share finds its receiver.</summary>
public enum ShareKind
{
    /// <summary>The sender names him.</summary>
    Direct,

    /// <summary>Whoever shows the code.</summary>
    Code,
}

/// <summary>What a share asks of its receiver.</summary>
public enum ShareConsent
{
    /// <summary>Nothing: it is born accepted.</summary>
    None,

    /// <summary>An answer, at any time before the deadline.</summary>
    Asked,

    /// <summary>An answer while the sender waits, on an open feed that takes such questions.</summary>
    Live,
}

/// <summary>What can be shared. The names are stored.</summary>
public enum ShareTarget
{
    /// <summary>A device: its receiver is a guest of it.</summary>
    Device,

    /// <summary>A home: its receiver becomes a member.</summary>
    Home,
}

/// <summary>Names what is shared.</summary>
/// <param name="Kind">A device or a home.</param>
/// <param name="No">Its internal key.</param>
public readonly record struct SharedThing(ShareTarget Kind, long No)
{
    /// <summary>A device.</summary>
    public static SharedThing Device(long no) => new(ShareTarget.Device, no);

    /// <summary>A home.</summary>
    public static SharedThing Home(long no) => new(ShareTarget.Home, no);
}

/// <summary>What has become of a share.</summary>
public enum ShareState
{
    /// <summary>Not answered yet.</summary>
    Pending,

    /// <summary>The receiver may use the device, or is a member of the home.</summary>
    Accepted,

    /// <summary>The receiver does not want it.</summary>
    Refused,

    /// <summary>Withdrawn by the sender before an answer.</summary>
    Cancelled,

    /// <summary>Not answered by the deadline.</summary>
    Expired,

    /// <summary>Was accepted, or could have been, and is over; <see cref="Share.EndedBy"/> says why.</summary>
    Ended,
}

/// <summary>Why a share is over.</summary>
public enum ShareEnd
{
    /// <summary>The sender took it back.</summary>
    Initiator,

    /// <summary>The receiver gave it back.</summary>
    Receiver,

    /// <summary>The owner gave up the device or the home.</summary>
    OwnerUnbound,

    /// <summary>Somebody else proved to hold the device.</summary>
    Preempted,

    /// <summary>Its time was over.</summary>
    Duration,
}

/// <summary>An invitation to use a device or to join a home, and what became of it. Its number is shown as a number or as text.</summary>
public sealed class Share
{
    /// <summary>Its number, in every dialect.</summary>
    public long No { get; init; }

    /// <summary>How it finds its receiver.</summary>
    public required ShareKind Kind { get; init; }

    /// <summary>What it asks of him.</summary>
    public required ShareConsent Consent { get; init; }

    /// <summary>Whether a device is shared or a home.</summary>
    public required ShareTarget TargetKind { get; init; }

    /// <summary>Internal key of the device or home.</summary>
    public required long Target { get; init; }

    /// <summary>What is shared.</summary>
    public SharedThing Shared => new(TargetKind, Target);

    /// <summary>Internal key of the account that shares.</summary>
    public required long Sender { get; init; }

    /// <summary>Internal key of the account that receives; null: a code that nobody has shown yet.</summary>
    public long? Receiver { get; init; }

    /// <summary>The login by which the sender named the receiver, or null. The sender is shown no other login of his.</summary>
    public string? Named { get; init; }

    /// <summary>Hash of the code, or null.</summary>
    public byte[]? CodeHash { get; init; }

    /// <summary>The rights beyond switching that it gives, <see cref="TimerRights"/>.</summary>
    public required int Permit { get; init; }

    /// <summary>For how many minutes it holds once accepted; null: until it is ended.</summary>
    public int? Minutes { get; init; }

    /// <summary>The sender's note.</summary>
    public required string Comment { get; init; }

    /// <summary>What has become of it.</summary>
    public required ShareState State { get; init; }

    /// <summary>Why it is over, for <see cref="ShareState.Ended"/>.</summary>
    public ShareEnd? EndedBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its state changed.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>Of a pending share the last moment to answer, of an accepted one the end of the right; null: none.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The other person of an accepted share of a device.</summary>
public sealed class SharePerson
{
    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Id of the person's account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The receiver's rights beyond switching.</summary>
    public required int Permit { get; init; }

    /// <summary>The person's e-mail login, or null: none, or not to be shown.</summary>
    public string? Email { get; init; }

    /// <summary>The person's phone login, or null: none, or not to be shown.</summary>
    public string? Phone { get; init; }

    /// <summary>What he calls himself, possibly empty.</summary>
    public required string Nickname { get; init; }

    /// <summary>The sender's note, possibly empty.</summary>
    public required string Comment { get; init; }

    /// <summary>Since when the receiver has it.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>A question to a receiver who is connected: somebody wants to share a device with him.</summary>
public sealed class ShareOffer
{
    /// <summary>The share to answer with <see cref="SharingService.AnswerAsync"/>.</summary>
    public required long Share { get; init; }

    /// <summary>Internal key of the device's product.</summary>
    public required long Product { get; init; }

    /// <summary>Id of the device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The owner's name for it.</summary>
    public required string DeviceName { get; init; }

    /// <summary>Id of the owner's account.</summary>
    public required string OwnerId { get; init; }

    /// <summary>What the owner calls himself, possibly empty.</summary>
    public required string OwnerName { get; init; }

    /// <summary>The owner's e-mail login, or null.</summary>
    public string? OwnerEmail { get; init; }

    /// <summary>The owner's phone login, or null.</summary>
    public string? OwnerPhone { get; init; }

    /// <summary>The rights beyond switching that are offered.</summary>
    public required int Permit { get; init; }

    /// <summary>The owner's note, possibly empty.</summary>
    public required string Comment { get; init; }

    /// <summary>When the question was asked.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The last moment to answer.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>An invitation to a home that waits for an answer.</summary>
public sealed class HomeInvitation
{
    /// <summary>The share to answer with <see cref="SharingService.AnswerAsync"/>.</summary>
    public required long Share { get; init; }

    /// <summary>The home's name.</summary>
    public required string HomeName { get; init; }

    /// <summary>Id of the other person's account: for the owner of the home the one who is invited, for that one the owner.</summary>
    public required string AccountId { get; init; }

    /// <summary>What he calls himself, possibly empty; the owner is not told it of somebody who has not accepted.</summary>
    public required string Nickname { get; init; }

    /// <summary>The login by which the owner named him, or one of the owner's.</summary>
    public string? Login { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The last moment to answer.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>Storage of shares. What changes a share's state does so only from the state it expects, so that of two who change it one wins.</summary>
public interface IShareStore
{
    /// <summary>Adds a share and answers its number.</summary>
    Task<long> AddAsync(Share share);

    /// <summary>The share of a number, or null.</summary>
    Task<Share?> FindAsync(long no);

    /// <summary>The pending or accepted share of something to a receiver, or null.</summary>
    Task<Share?> FindOpenAsync(SharedThing of, long receiver);

    /// <summary>The newest share of a device to a receiver that asked him live, or null.</summary>
    Task<Share?> FindLastLiveAsync(long device, long receiver);

    /// <summary>The pending share of a code, or null.</summary>
    Task<Share?> FindCodeAsync(byte[] hash);

    /// <summary>How many pending and accepted shares something has.</summary>
    Task<int> CountOpenAsync(SharedThing of);

    /// <summary>Ends the waiting for an answer: a pending share gets a new state, and with a code its receiver. False when it was not pending.</summary>
    Task<bool> AnswerAsync(long no, ShareState state, long? receiver, DateTimeOffset? until, DateTimeOffset now);

    /// <summary>Changes what an open share gives, in the share and in the receiver's binding.</summary>
    Task ChangeAsync(Share open, int permit, string comment);

    /// <summary>Ends what is open of something: of one receiver, or of all.</summary>
    Task EndOpenAsync(SharedThing of, long? receiver, ShareEnd by, DateTimeOffset now);

    /// <summary>The receivers of accepted shares of devices, oldest first; each with the login by which the sender named him and no other.</summary>
    Task<IReadOnlyList<SharePerson>> ReceiversAsync(IEnumerable<long> devices);

    /// <summary>Who shared devices with a receiver.</summary>
    Task<IReadOnlyList<SharePerson>> SendersAsync(long receiver, IEnumerable<long> devices);

    /// <summary>Who owns the devices that a person has as a member of a home.</summary>
    Task<IReadOnlyList<SharePerson>> HostsAsync(long member, IEnumerable<long> devices);

    /// <summary>Invitations to homes that a person can still answer, oldest first.</summary>
    Task<IReadOnlyList<HomeInvitation>> InvitationsAsync(long receiver, DateTimeOffset now, int limit);

    /// <summary>Invitations to a home that can still be answered, oldest first.</summary>
    Task<IReadOnlyList<HomeInvitation>> InvitedAsync(long home, DateTimeOffset now, int limit);

    /// <summary>What a person is asked live and can still answer, oldest first.</summary>
    Task<IReadOnlyList<ShareOffer>> OffersAsync(long receiver, DateTimeOffset now, int limit);

    /// <summary>Open shares whose time is over, oldest first.</summary>
    Task<IReadOnlyList<Share>> DueAsync(DateTimeOffset now, int limit);

    /// <summary>A page of a person's invitations through an app, newest first.</summary>
    Task<IReadOnlyList<Invitation>> InvitationsAsync(long account, long app, InvitationQuery query);

    /// <summary>How many invitations a person has through an app.</summary>
    Task<int> CountInvitationsAsync(long account, long app, InvitationQuery query);

    /// <summary>A share as somebody sees it who could receive it, or null.</summary>
    Task<Invitation?> FindOfferAsync(long no);

    /// <summary>Sets what the sender calls the receiver, or the other way round.</summary>
    Task SetAliasAsync(long no, bool bySender, string alias);

    /// <summary>Removes every share that an account has sent or received.</summary>
    Task RemoveAllAsync(long account);
}
