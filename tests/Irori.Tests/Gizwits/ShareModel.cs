using Irori.Core.Bindings;

namespace Irori.Tests.Gizwits;

/// <summary>
/// What sharing should do, as few words as it takes: who has which device in which role, and what has become of every invitation. People and devices are numbers. Operations
/// answer the vendor's code; 0 is success.
/// </summary>
internal sealed class ShareModel(int devices, Func<int, bool> open, DateTimeOffset now)
{
    public static readonly TimeSpan AskedFor = TimeSpan.FromHours(24);
    public static readonly TimeSpan CodeFor = TimeSpan.FromMinutes(15);

    private readonly List<Dictionary<int, Role>> _roles = [.. Enumerable.Range(0, devices).Select(_ => new Dictionary<int, Role>())];
    private readonly List<List<int>> _joined = [.. Enumerable.Range(0, devices).Select(_ => new List<int>())];
    private readonly bool[] _open = [.. Enumerable.Range(0, devices).Select(open)];
    private readonly List<Share> _shares = [];
    private readonly HashSet<(int Owner, int Member)> _members = [];

    internal enum Status
    {
        Pending,
        Accepted,
        Refused,
        Cancelled,
        Expired,
        Ended,
    }

    /// <summary>An invitation.</summary>
    internal sealed class Share
    {
        public required int Device { get; init; }

        public required int From { get; init; }

        public int? To { get; set; }

        public bool IsCode { get; init; }

        public int? Minutes { get; init; }

        public DateTimeOffset? Until { get; set; }

        public Status Status { get; set; }

        public bool OwnerLeft { get; set; }

        /// <summary>Its number, once known.</summary>
        public long Id { get; set; }

        /// <summary>Its code.</summary>
        public string Code { get; set; } = "";

        public bool IsOpen => Status is Status.Pending or Status.Accepted;
    }

    public DateTimeOffset Now { get; private set; } = now;

    public IReadOnlyList<Share> Shares => _shares;

    public IReadOnlySet<(int Owner, int Member)> Members => _members;

    public bool IsOpen(int device) => _open[device];

    public Role? RoleOf(int person, int device) => _roles[device].TryGetValue(person, out var role) ? role : null;

    public int? OwnerOf(int device) => _roles[device].Where(r => r.Value == Role.Owner).Select(r => (int?)r.Key).SingleOrDefault();

    public int Bind(int person, int device)
    {
        if (RoleOf(person, device) is not null) return 0;
        if (OwnerOf(device) is not null && !_open[device]) return 9092;
        Give(person, device, OwnerOf(device) is null ? Role.Owner : Role.Peer);
        return 0;
    }

    /// <summary>0, 9017 for what one has not, 9093 for what one has by a home.</summary>
    public int Unbind(int person, int device)
    {
        if (RoleOf(person, device) is not { } role) return 9017;
        if (role == Role.Member) return 9093;
        End(device, person);
        return 0;
    }

    public (int Code, Share? Share) Invite(int person, int device, int to, int? minutes)
    {
        if (RoleOf(person, device) is not { } role) return (9014, null);
        if (role != Role.Owner) return (9081, null);
        if (to == person) return (9080, null);
        if (RoleOf(to, device) is { } has && (has == Role.Guest || !_open[device])) return (9083, null);
        if (Open(device, to) is { Status: Status.Pending }) return (9087, null);
        Close(device);
        return (0, Add(new Share { Device = device, From = person, To = to, Minutes = minutes, Until = Now + AskedFor }));
    }

    public (int Code, Share? Share) OfferCode(int person, int device, int? minutes)
    {
        if (RoleOf(person, device) is not { } role) return (9014, null);
        if (role != Role.Owner) return (9081, null);
        Close(device);
        return (0, Add(new Share { Device = device, From = person, IsCode = true, Minutes = minutes, Until = Now + CodeFor }));
    }

    public int Redeem(int person, Share share)
    {
        if (share.Status != Status.Pending) return 9084;
        if (share.From == person) return 9096;
        if (RoleOf(person, share.Device) is not null) return 9083;
        if (Open(share.Device, person) is { } asked) asked.Status = Status.Cancelled;
        share.To = person;
        Accept(share);
        return 0;
    }

    public int Answer(int person, Share share, bool accept)
    {
        if (share.To != person) return 9084;
        if (WhyOver(share) is { } over) return over;
        if (!accept)
        {
            share.Status = Status.Refused;
            return 0;
        }

        if (RoleOf(person, share.Device) is not null) return 9083;
        Accept(share);
        return 0;
    }

    public int Withdraw(int person, Share share)
    {
        if (share.From != person && share.To != person) return 9084;
        if (share.From != person) return 9093;
        if (share.IsCode) return 9084;
        if (share.Status == Status.Accepted) TakeBack(share.Device, share.To!.Value);
        else if (share.Status == Status.Pending) share.Status = Status.Cancelled;
        else return 9094;
        return 0;
    }

    /// <summary>As CoolKit shares: nobody is asked. Answers its codes.</summary>
    public int ShareSilently(int person, int device, int to)
    {
        if (RoleOf(person, device) is not { } role) return 405;
        if (role != Role.Owner) return 406;
        Close(device);
        var before = Open(device, to);
        if (before is { Status: Status.Accepted }) return 0;
        if (before is not null) before.Status = Status.Cancelled;
        Accept(Add(new Share { Device = device, From = person, To = to }));
        return 0;
    }

    public int EndSilently(int person, int device, int to)
    {
        if (RoleOf(person, device) is not { } role) return 405;
        if (role != Role.Owner) return 406;
        if (Open(device, to) is not { } share) return 405;
        if (share.Status == Status.Accepted) TakeBack(device, to);
        else share.Status = Status.Cancelled;
        return 0;
    }

    public int RemoveGuest(int person, int device, int guest)
    {
        if (RoleOf(person, device) is not { } role) return 9014;
        if (role != Role.Owner) return 9093;
        if (guest == person) return 9095;
        if (RoleOf(guest, device) != Role.Guest) return 9082;
        TakeBack(device, guest);
        return 0;
    }

    public int HandOver(int person, int device, int to)
    {
        if (RoleOf(person, device) is not { } role) return 9014;
        if (role != Role.Owner) return 9093;
        if (to == person) return 9103;
        if (RoleOf(to, device) != Role.Guest) return 9102;
        if (Open(device, to) is { Status: Status.Accepted, Until: not null }) return 9104;
        EndAll(device);
        Give(to, device, Role.Owner);
        return 0;
    }

    public void Join(int owner, int member) => _members.Add((owner, member));

    public void Leave(int owner, int member) => _members.Remove((owner, member));

    public void Pass(TimeSpan time)
    {
        Now += time;
        foreach (var share in _shares.Where(s => s.IsOpen && s.Until <= Now))
        {
            if (share.Status == Status.Pending) share.Status = Status.Expired;
            else TakeBack(share.Device, share.To!.Value);
        }
    }

    /// <summary>Everybody has looked at his home: what he owns stands there, and who lives there has it too.</summary>
    public void Settle()
    {
        for (var device = 0; device < _roles.Count; device++)
        {
            var owner = OwnerOf(device);
            foreach (var (person, _) in _roles[device].Where(r => r.Value == Role.Member && (owner is null || !_members.Contains((owner.Value, r.Key)))).ToList())
            {
                if (Open(device, person) is { Status: Status.Accepted }) _roles[device][person] = Role.Guest;
                else Lose(person, device);
            }

            foreach (var (_, member) in _members.Where(m => m.Owner == owner))
            {
                if (RoleOf(member, device) is not (Role.Owner or Role.Peer)) Give(member, device, Role.Member);
            }
        }
    }

    private static int? WhyOver(Share share) => share.Status switch
    {
        Status.Pending => null,
        Status.Expired => 9088,
        Status.Ended when share.OwnerLeft => 9090,
        Status.Ended or Status.Cancelled => 9094,
        _ => 9089,
    };

    private Share? Open(int device, int to) => _shares.SingleOrDefault(s => s.IsOpen && s.Device == device && s.To == to);

    private Share Add(Share share)
    {
        _shares.Add(share);
        return share;
    }

    private void Accept(Share share)
    {
        share.Status = Status.Accepted;
        share.Until = share.Minutes is { } minutes ? Now.AddMinutes(minutes) : null;
        if (RoleOf(share.To!.Value, share.Device) != Role.Member) Give(share.To.Value, share.Device, Role.Guest);
    }

    private void TakeBack(int device, int guest)
    {
        if (Open(device, guest) is { } share) share.Status = Status.Ended;
        if (RoleOf(guest, device) == Role.Guest) Lose(guest, device);
    }

    private void End(int device, int person)
    {
        if (RoleOf(person, device) != Role.Owner)
        {
            if (Open(device, person) is { } share) share.Status = Status.Ended;
            Lose(person, device);
            return;
        }

        if (_open[device] && _joined[device].FirstOrDefault(p => RoleOf(p, device) == Role.Peer, -1) is >= 0 and var heir)
        {
            Lose(person, device);
            foreach (var (member, _) in _roles[device].Where(r => r.Value == Role.Member).ToList()) Lose(member, device);
            _roles[device][heir] = Role.Owner;
            return;
        }

        EndAll(device);
    }

    private void EndAll(int device)
    {
        foreach (var share in _shares.Where(s => s.Device == device && s.IsOpen)) (share.Status, share.OwnerLeft) = (Status.Ended, true);
        _roles[device].Clear();
        _joined[device].Clear();
    }

    private void Close(int device)
    {
        if (!_open[device]) return;
        _open[device] = false;
        foreach (var (peer, _) in _roles[device].Where(r => r.Value == Role.Peer).ToList()) _roles[device][peer] = _members.Contains((OwnerOf(device)!.Value, peer)) ? Role.Member : Role.Guest;
    }

    private void Give(int person, int device, Role role)
    {
        _roles[device][person] = role;
        if (!_joined[device].Contains(person)) _joined[device].Add(person);
    }

    private void Lose(int person, int device)
    {
        _roles[device].Remove(person);
        _joined[device].Remove(person);
    }
}
