using Irori.Core.Bindings;
using Irori.Core.Groups;
using Irori.Core.Homes;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>What both engines must hold about homes, rooms, and where things stand.</summary>
public abstract class HomeStoreContract
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    protected abstract Task<DatabaseSettings> SettingsAsync();

    [Fact]
    public async Task The_things_of_a_home_that_is_removed_stand_behind_those_of_another_in_their_order()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var second = await world.AddDeviceAsync("1000000002");
        var third = await world.AddDeviceAsync("1000000003");
        foreach (var device in new[] { second, third }) await world.BindAsync(world.Account, device);
        var (first, other) = await world.WriteAsync(async s =>
            (await s.Homes.AddAsync(world.Account, "first", "First", 0), await s.Homes.AddAsync(world.Account, "other", "Other", 1)));
        var room = await world.WriteAsync(s => s.Homes.AddRoomAsync(other, "room", "Room", 0));
        var group = await AddGroupAsync(world, second);
        await world.WriteAsync(async s =>
        {
            await s.Homes.PlaceAsync(world.Account, first, null, world.Device, 7);
            await s.Homes.PlaceAsync(world.Account, other, room, third, -3);
            await s.Groups.PlaceAsync(world.Account, group, other, room, 0);
            await s.Homes.PlaceAsync(world.Account, other, null, second, 5);
            await s.Homes.MoveThingsAsync(world.Account, other, first);
            await s.Homes.RemoveAsync(other);
            return true;
        });

        var homes = await world.ReadAsync(s => s.Homes.ListAsync(world.Account));
        homes.ShouldHaveSingleItem().Rooms.ShouldBeEmpty();
        var placed = await world.ReadAsync(s => s.Homes.PlacedAsync(world.Account, 0, first, 10));
        placed.Select(t => (t.Kind, t.No)).ShouldBe([(ThingKind.Device, world.Device), (ThingKind.Device, third), (ThingKind.Group, group), (ThingKind.Device, second)]);
        placed.ShouldAllBe(t => t.Room == null && t.Owned && t.Seen);
        (await world.ReadAsync(s => s.Bindings.ListVisibleAsync(world.Account, 0, first, new PlaceCursor(long.MinValue, 0), 10))).Select(d => d.No).ShouldBe([world.Device, third, second]);
    }

    [Fact]
    public async Task The_things_of_a_room_that_is_removed_stay_in_the_home()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var home = await world.WriteAsync(s => s.Homes.AddAsync(world.Account, "home", "Home", 0));
        var room = await world.WriteAsync(s => s.Homes.AddRoomAsync(home, "room", "Room", 0));
        await world.WriteAsync(async s =>
        {
            await s.Homes.PlaceAsync(world.Account, home, room, world.Device, 0);
            await s.Homes.RemoveRoomAsync(room);
            return true;
        });

        (await world.ReadAsync(s => s.Homes.FindRoomAsync(world.Account, "room"))).ShouldBeNull();
        var thing = (await world.ReadAsync(s => s.Homes.PlacedAsync(world.Account, 0, home, 10))).ShouldHaveSingleItem();
        (thing.No, thing.Room).ShouldBe((world.Device, null));
    }

    [Fact]
    public async Task A_thing_is_as_visible_as_the_app_sees_its_device_and_owned_by_role()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var guest = (await world.AddAccountAsync("guest@example.com"))!.Value;
        await world.BindAsync(guest, world.Device, Role.Guest);
        var blind = await world.WriteAsync(async s => await s.Projects.AddAppAsync(new Irori.Core.Projects.App
        {
            Id = "blind", Project = await s.Projects.EnsureProjectAsync("p", "P"), Dialect = "coolkit", Kind = Irori.Core.Projects.AppKind.Client, SecretEnc = [1],
            SingleSession = false, AccessSeconds = 60, RefreshSeconds = 120, Disabled = false,
        }));
        var home = await world.WriteAsync(s => s.Homes.AddAsync(guest, "home", "Home", 0));
        await world.WriteAsync(async s =>
        {
            await s.Homes.PlaceAsync(guest, home, null, world.Device, 0);
            return true;
        });

        var seen = (await world.ReadAsync(s => s.Homes.PlacedAsync(guest, world.App, ["1000000001", "unknown"]))).ShouldHaveSingleItem();
        (seen.Id, seen.Owned, seen.Seen, seen.Home).ShouldBe(("1000000001", false, true, home));
        (await world.ReadAsync(s => s.Homes.PlacedAsync(guest, blind, home, 10))).ShouldHaveSingleItem().Seen.ShouldBeFalse();
        (await world.ReadAsync(s => s.Homes.PlacedAsync(world.Account, world.App, ["1000000001"]))).ShouldBeEmpty("he has it nowhere");
    }

    private static Task<long> AddGroupAsync(World world, long main) => world.WriteAsync(s => s.Groups.AddAsync(new Group
    {
        Id = "group", Account = world.Account, Kind = GroupKind.Control, Main = main, Name = "Group", Created = Now,
    }));
}
