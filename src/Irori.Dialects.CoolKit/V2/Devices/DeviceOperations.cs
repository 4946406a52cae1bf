using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>The section Device of CoolKit v2: things, which are devices and groups.</summary>
internal sealed class DeviceOperations(DeviceService devices, GroupService groups, HomeService homes, ThingMapper mapper)
{
    /// <summary>The section of all of this folder.</summary>
    public const string Section = "Device";

    private const int MaxName = 128;
    private const int DefaultNum = 30;
    private const int MaxThings = 10;
    private const int Page = 500;
    private const long DefaultBegin = -9_999_999;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ThingListRequest, ThingListData>(
            routes, new("GET", "/v2/device/thing", Access.Personal, "listThings", Section, "The things of a home."), ListAsync);
        Operations.Map<ThingsRequest, ThingsData>(
            routes, new("POST", "/v2/device/thing", Access.Personal, "getThings", Section, "Things by id."), GetAsync);
    }

    /// <summary>What is wrong with a device's name, or null.</summary>
    public static Fault? CheckName(string name) => name.Length is > 0 and <= MaxName ? null : Fault.Invalid("name", $"name has 1 to {MaxName} characters");

    /// <summary>A page of the things of a home.</summary>
    public async Task<Result<ThingListData>> ListAsync(Caller caller, ThingListRequest request, CancellationToken cancel)
    {
        if (request.Num < 0) return Fault.Invalid("num", "num is 0 for all, or how many to answer");
        if (!(await homes.FindAsync(caller.Person.Account, request.FamilyId, cancel)).Try(out var home, out var fault)) return fault;
        var wanted = request.Num switch { null => DefaultNum, 0 => int.MaxValue, { } num => num };
        // Order numbers are ranks: the page starts with the first thing of that number or a later one.
        var first = new PlaceCursor(request.BeginIndex ?? DefaultBegin, After: 0);
        var things = (await groups.ListAsync(caller.Person, home, first, GroupOperations.MaxGroups, cancel)).Take(wanted).Select(ThingMapper.Thing).ToList();
        var found = new List<VisibleDevice>();
        var total = 0;
        for (var (left, from) = (wanted, first); left > 0;)
        {
            var limit = Math.Min(left, Page);
            if (!(await devices.ListAsync(caller.Person, home, from, limit, cancel)).Try(out var page, out fault)) return fault;
            total = page.Total;
            found.AddRange(page.Devices);
            if (page.Devices.Count < limit) break;
            left -= limit;
            from = new PlaceCursor(page.Devices[^1].Rank, page.Devices[^1].No);
        }

        // Both are in order; of one number, devices stand before groups.
        things.InsertRange(0, await mapper.ThingsAsync(caller.Person, found, cancel));
        return new ThingListData([.. things.OrderBy(t => t.Index).Take(wanted)], total);
    }

    private async Task<Result<ThingsData>> GetAsync(Caller caller, ThingsRequest request, CancellationToken cancel)
    {
        if (request.ThingList.Count is 0 or > MaxThings) return Fault.Invalid("thingList", $"thingList has 1 to {MaxThings} entries");
        if (ThingRef.Check("thingList", request.ThingList) is { } wrong) return wrong;
        var ids = request.ThingList.Where(t => t.ItemType != ThingRef.Group).Select(t => t.Id).Distinct(StringComparer.Ordinal).ToList();
        var found = await mapper.ThingsAsync(caller.Person, await devices.FindAsync(caller.Person, ids, cancel), cancel);
        var shown = found.ToDictionary(t => ((DeviceData)t.ItemData).DeviceId, StringComparer.Ordinal);
        var things = new List<ThingData>();
        foreach (var wanted in request.ThingList)
        {
            if (wanted.ItemType == ThingRef.Group)
            {
                if (GroupOperations.CheckId(wanted.Id) is { } malformed) return malformed;
                if (!(await groups.FindAsync(caller.Person, wanted.Id, cancel)).Try(out var group, out var fault)) return fault;
                if (group.Kind != GroupKind.Control) return Fault.NotVisible("group");
                things.Add(ThingMapper.Thing(group));
            }
            else if (shown.TryGetValue(wanted.Id, out var thing) && thing.ItemType == wanted.ItemType) things.Add(thing);
            else return Fault.NotVisible("device");
        }

        return new ThingsData(things);
    }
}
