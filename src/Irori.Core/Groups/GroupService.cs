using System.Text.Json.Nodes;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Homes;

namespace Irori.Core.Groups;

/// <summary>A kind of product name that all members of a group must have in common with its main device.</summary>
public sealed record Alikeness(string Dialect, string Kind);

/// <summary>A new control group. Its limits are those of the dialect that makes it.</summary>
/// <param name="Name">Display name.</param>
/// <param name="MainId">Id of its main device.</param>
/// <param name="MemberIds">Ids of further members, in order.</param>
/// <param name="Alike">What members must have in common; those that do not are left out. Null: nothing.</param>
/// <param name="Limit">Most groups of an account.</param>
public sealed record NewGroup(string Name, string MainId, IReadOnlyList<string> MemberIds, Alikeness? Alike, int Limit)
{
    /// <summary>Id of the home; null: the current one.</summary>
    public string? HomeId { get; init; }

    /// <summary>Id of the room; null: none.</summary>
    public string? RoomId { get; init; }

    /// <summary>Where in the home's order.</summary>
    public End End { get; init; } = End.Front;
}

/// <summary>A device changes folders.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="FromId">The folder that it leaves; null: none.</param>
/// <param name="ToId">The folder that it enters; null: none.</param>
public sealed record FolderMove(string DeviceId, string? FromId, string? ToId);

/// <summary>
/// Groups of devices: folders, and groups that are controlled as one. A group is its owner's; the members of the home in which it stands see and control it,
/// and to anybody else it does not exist.
/// </summary>
public sealed class GroupService(IDatabase database, CommandService commands, TimeProvider time)
{
    /// <summary>Field of <see cref="FaultKind.LimitReached"/> when there are too many groups.</summary>
    public const string CountField = "groups";

    /// <summary>Most folders of an account.</summary>
    public const int MaxFolders = 500;

    /// <summary>The group of an id that the person sees.</summary>
    public async Task<Result<Group>> FindAsync(Principal who, string id, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Groups.FindAsync(who.Account.No, who.App.No, id), cancel) is { } group ? group : NoGroup;

    /// <summary>The control groups of one of the person's homes, in the home's order, from a rank on.</summary>
    public Task<IReadOnlyList<Group>> ListAsync(Principal who, Home home, PlaceCursor from, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Groups.ListInHomeAsync(who.Account.No, who.App.No, home.No, from, limit), cancel);

    /// <summary>The account's folders, in order.</summary>
    public Task<IReadOnlyList<Group>> FoldersAsync(Principal who, CancellationToken cancel) =>
        database.ReadAsync(s => s.Groups.ListFoldersAsync(who.Account.No, MaxFolders), cancel);

    /// <summary>In which of the person's groups devices are.</summary>
    public async Task<ILookup<long, Membership>> OfDevicesAsync(Principal who, IReadOnlyCollection<VisibleDevice> devices, CancellationToken cancel)
    {
        if (devices.Count == 0) return Array.Empty<Membership>().ToLookup(m => m.Device);
        return (await database.ReadAsync(s => s.Groups.OfDevicesAsync(who.Account.No, devices.Select(d => d.No)), cancel)).ToLookup(m => m.Device);
    }

    /// <summary>
    /// Makes a control group around a main device, own or shared. Faults: not visible (main device, a member, home or room);
    /// <see cref="FaultKind.LimitReached"/> with <see cref="CountField"/>.
    /// </summary>
    public Task<Result<Group>> CreateAsync(Principal who, NewGroup wanted, CancellationToken cancel)
    {
        if (wanted.MemberIds.Count >= Group.MaxMembers) return Task.FromResult<Result<Group>>(TooManyMembers);
        return database.WriteAsync<Group>(
            async s =>
            {
                // This takes the account's row: of two groups that are made at once, each sees the other.
                if (!(await HomeService.ResolveAsync(s, who.Account.No, wanted.HomeId, wanted.RoomId)).Try(out var place, out var fault)) return fault;
                if (await s.Groups.CountAsync(who.Account.No, GroupKind.Control) >= wanted.Limit)
                    return new Fault(FaultKind.LimitReached, $"An account has at most {wanted.Limit} groups", CountField);
                if (!(await MembersAsync(s, who, [wanted.MainId, .. wanted.MemberIds], wanted.MainId, wanted.Alike)).Try(out var members, out fault)) return fault;
                var group = new Group
                {
                    Id = Ids.Hex24(), Account = who.Account.No, Kind = GroupKind.Control, Main = members[0], Name = wanted.Name, Created = time.GetUtcNow(),
                };
                var no = await s.Groups.AddAsync(group);
                await s.Groups.SetMembersAsync(no, members);
                await s.Groups.PlaceAsync(who.Account.No, no, place.Home.No, place.Room?.No, await HomeService.RankAtAsync(s, place.Home, wanted.End));
                await s.Groups.FollowAsync(who.Account.No);
                return await s.Groups.FindAsync(who.Account.No, who.App.No, group.Id) is { } made ? made : NoGroup;
            },
            cancel);
    }

    /// <summary>Makes a folder at a place in the account's order of folders.</summary>
    public Task<Result<Group>> CreateFolderAsync(Principal who, string name, long rank, CancellationToken cancel) => database.WriteAsync<Group>(
        async s =>
        {
            await s.Homes.LockAsync(who.Account.No);
            if (await s.Groups.CountAsync(who.Account.No, GroupKind.Folder) >= MaxFolders)
                return new Fault(FaultKind.LimitReached, $"An account has at most {MaxFolders} folders", CountField);
            var id = Ids.Hex24();
            await s.Groups.AddAsync(new Group { Id = id, Account = who.Account.No, Kind = GroupKind.Folder, Name = name, Rank = rank, Created = time.GetUtcNow() });
            return (await s.Groups.FindAsync(who.Account.No, who.App.No, id))!;
        },
        cancel);

    /// <summary>Renames a group of a kind; a folder may also get another place in the order. <see cref="FaultKind.NotAllowed"/>: by a member of the home.</summary>
    public Task<Result<Done>> RenameAsync(Principal who, GroupKind kind, string id, string name, long? rank, CancellationToken cancel) =>
        ChangeAsync(who, kind, id, byMembers: false, (s, group) => s.Groups.ChangeAsync(group, name, rank), cancel);

    /// <summary>Deletes a group of a kind; its devices stay. <see cref="FaultKind.NotAllowed"/>: by a member of the home.</summary>
    public Task<Result<Done>> DeleteAsync(Principal who, GroupKind kind, string id, CancellationToken cancel) =>
        ChangeAsync(who, kind, id, byMembers: false, (s, group) => s.Groups.RemoveAsync(group.No), cancel);

    /// <summary>Stores the state that is shown for a control group, a JSON object in the place of the old one. Nothing is sent to devices.</summary>
    public Task<Result<Done>> SetStateAsync(Principal who, string id, string state, CancellationToken cancel) => state.Length > Group.MaxState
        ? Task.FromResult<Result<Done>>(TooLarge)
        : ChangeAsync(who, GroupKind.Control, id, byMembers: true, (s, group) => s.Groups.SetStateAsync(group.No, state), cancel);

    /// <summary>
    /// Replaces the members of a control group and answers those devices that came or went, as far as the person still sees them. The main device must
    /// be among them (<see cref="FaultKind.Invalid"/>); devices that are not alike are left out. <see cref="FaultKind.NotAllowed"/>: by a member of the home.
    /// </summary>
    public Task<Result<IReadOnlyList<VisibleDevice>>> SetMembersAsync(
        Principal who, string id, IReadOnlyList<string> deviceIds, Alikeness? alike, CancellationToken cancel)
    {
        if (deviceIds.Count > Group.MaxMembers) return Task.FromResult<Result<IReadOnlyList<VisibleDevice>>>(TooManyMembers);
        return database.WriteAsync<IReadOnlyList<VisibleDevice>>(
            async s =>
            {
                await s.Homes.LockAsync(who.Account.No);
                if (await s.Groups.FindAsync(who.Account.No, who.App.No, id) is not { Kind: GroupKind.Control, MainId: { } main } group) return NoGroup;
                if (group.Account != who.Account.No) return NotTheOwner;
                if (!deviceIds.Contains(main)) return Fault.Invalid("deviceidList", "deviceidList must contain the main device of the group");
                if (!(await MembersAsync(s, who, deviceIds, main, alike)).Try(out var members, out var fault)) return fault;
                var before = await s.Bindings.ListInGroupAsync(who.Account.No, who.App.No, group.No);
                await s.Groups.SetMembersAsync(group.No, members);
                var after = await s.Bindings.ListInGroupAsync(who.Account.No, who.App.No, group.No);
                var (had, has) = (before.Select(d => d.No).ToHashSet(), after.Select(d => d.No).ToHashSet());
                return Result.Of<IReadOnlyList<VisibleDevice>>([.. after.Where(d => !had.Contains(d.No)), .. before.Where(d => !has.Contains(d.No))]);
            },
            cancel);
    }

    /// <summary>Moves devices into, out of and between folders, all or none. Faults: not visible.</summary>
    public Task<Result<Done>> MoveAsync(Principal who, IReadOnlyList<FolderMove> moves, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            await s.Homes.LockAsync(who.Account.No);
            var folders = (await s.Groups.ListFoldersAsync(who.Account.No, MaxFolders)).ToDictionary(g => g.Id, g => g.No);
            if (moves.Any(m => (m.FromId is { } from && !folders.ContainsKey(from)) || (m.ToId is { } to && !folders.ContainsKey(to)))) return NoGroup;
            var ids = moves.Select(m => m.DeviceId).Distinct(StringComparer.Ordinal).ToList();
            await s.Bindings.LockAsync(who.Account.No, ids);
            var devices = (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids)).ToDictionary(d => d.Id, d => d.No);
            if (devices.Count < ids.Count) return Fault.NotVisible("device");
            foreach (var move in moves)
            {
                if (move.FromId is { } from) await s.Groups.RemoveMemberAsync(folders[from], devices[move.DeviceId]);
                if (move.ToId is { } to) await s.Groups.AddMemberAsync(folders[to], devices[move.DeviceId]);
            }

            return new Done();
        },
        cancel);

    /// <summary>
    /// Sends a command to every member that the person sees and does not wait for them: offline and failing ones are passed over, each outcome is
    /// recorded as of any command. The group then shows the values that were commanded.
    /// </summary>
    public async Task<Result<Done>> SendAsync(Principal who, string id, string body, CancellationToken cancel)
    {
        if (CommandService.Check(body) is { } wrong) return wrong;
        var found = await database.WriteAsync<IReadOnlyList<VisibleDevice>>(
            async s =>
            {
                if (await s.Groups.FindAsync(who.Account.No, who.App.No, id) is not { Kind: GroupKind.Control } group) return NoGroup;
                var shown = Lay(group.State, body);
                if (shown.Length <= Group.MaxState) await s.Groups.SetStateAsync(group.No, shown);
                return Result.Of(await s.Bindings.ListInGroupAsync(who.Account.No, who.App.No, group.No));
            },
            cancel);
        if (!found.Try(out var members, out var fault)) return fault;
        return commands.Start(who, [.. members.Select(m => new DeviceOrder(m.Id, body))], CommandService.DefaultDeadline).Fault is { } busy ? busy : new Done();
    }

    private Task<Result<Done>> ChangeAsync(
        Principal who, GroupKind kind, string id, bool byMembers, Func<IStores, Group, Task> change, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await s.Groups.FindAsync(who.Account.No, who.App.No, id) is not { } group || group.Kind != kind) return NoGroup;
            if (group.Account != who.Account.No && !byMembers) return NotTheOwner;
            await change(s, group);
            return new Done();
        },
        cancel);

    // The members in order, the main device first; each device once.
    private static async Task<Result<IReadOnlyList<long>>> MembersAsync(IStores s, Principal who, IReadOnlyList<string> ids, string mainId, Alikeness? alike)
    {
        List<string> wanted = [mainId, .. ids.Distinct(StringComparer.Ordinal).Where(i => i != mainId)];
        await s.Bindings.LockAsync(who.Account.No, wanted);
        var devices = (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, wanted)).ToDictionary(d => d.Id, d => d.No);
        if (devices.Count < wanted.Count) return Fault.NotVisible("device");
        var members = wanted.ConvertAll(i => devices[i]);
        if (alike is null) return members;
        var fitting = (await s.Groups.AlikeAsync(members[0], members, alike.Dialect, alike.Kind)).ToHashSet();
        members.RemoveAll(m => m != devices[mainId] && !fitting.Contains(m));
        return members;
    }

    private static string Lay(string state, string body)
    {
        try
        {
            if (JsonNode.Parse(state) is not JsonObject shown || JsonNode.Parse(body) is not JsonObject commanded) return state;
            foreach (var (name, value) in commanded) shown[name] = value?.DeepClone();
            return shown.ToJsonString();
        }
        catch (ArgumentException)
        {
            // A name that is there twice: what the members make of it is theirs.
            return state;
        }
    }

    private static Fault NotTheOwner => Fault.NotAllowed("Only its owner changes a group");

    private static Fault NoGroup => Fault.NotVisible("group");

    private static Fault TooManyMembers => Fault.Invalid("deviceidList", $"A group has at most {Group.MaxMembers} members");

    private static Fault TooLarge => new(FaultKind.LimitReached, $"The state of a group has at most {Group.MaxState} characters", "params");
}
