using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Sharing;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Several people share a home: who is invited and by whom, what a member sees and may do, and what enters and leaves with the owner's things.</summary>
public abstract class MemberContract(HouseFixture fixture)
{
    private static readonly TimeSpan InvitedFor = TimeSpan.FromDays(7);

    private CoolKitHouse House { get; } = fixture.House;

    private MembershipService Memberships => House.Server.Service<MembershipService>();

    private SharingService Sharing => House.Server.Service<SharingService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_sees_the_home_and_what_its_owner_has_there_field_by_field()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var room = await AddRoomAsync(owner, home, "Kitchen");
        var (lamp, fan) = (await House.AddAsync(owner, "Lamp"), await House.AddAsync(owner, "Fan"));
        var elsewhere = await AddToAsync(owner, (await House.AddHomeAsync(owner, "Cabin")).Id);
        var borrowed = await House.AddAsync(friend, "Borrowed");
        await House.ShareAsync(owner, borrowed);
        (await SetRoomAsync(owner, room, [], [(1, lamp.Device.Id)])).Error().ShouldBe(0);
        var group = await GroupAsync(owner, lamp.Device.Id);
        var own = await CurrentAsync(member);

        await House.JoinAsync(owner, member, home);

        var families = (await member.GetAsync("/v2/family"))["data"]!;
        var family = Families(families).Single(f => (string)f["id"]! == home);
        ((string)family["apikey"]!, (string)family["name"]!, (int)family["familyType"]!).ShouldBe((owner.Apikey, "My Home", 2));
        family["roomList"]!.AsArray().Select(r => ((string)r!["id"]!, (string)r["name"]!)).ShouldBe([(room, "Kitchen")]);
        var mine = Families(families).Single(f => (string)f["id"]! == own);
        ((string)mine["apikey"]!, (int)mine["familyType"]!).ShouldBe((member.Apikey, 1));
        ((long)family["index"]!).ShouldBeGreaterThan((long)mine["index"]!);
        ((string)families["currentFamilyId"]!, (bool)families["hasChangedCurrentFamily"]!).ShouldBe((own, false));

        var list = (await member.GetAsync($"/v2/device/thing?num=0&familyid={home}"))["data"]!;
        var things = list["thingList"]!.AsArray();
        things.Select(t => ((int)t!["itemType"]!, IdOf(t))).ShouldBe([(3, group), (2, fan.Device.Id), (2, lamp.Device.Id)], "the order is the home's");
        ((int)list["total"]!).ShouldBe(3);
        things.Select(t => (long)t!["index"]!).ShouldBe((await ThingsAsync(owner, home)).Where(t => IdOf(t) != borrowed.Device.Id).Select(t => (long)t["index"]!));
        var shown = things[2]!["itemData"]!;
        ((string)shown["name"]!, (string)shown["apikey"]!, (string)shown["devicekey"]!).ShouldBe(("Lamp", owner.Apikey, ""));
        ((string)shown["family"]!["familyid"]!, (string)shown["family"]!["roomid"]!).ShouldBe((home, room));
        ((string)shown["sharedBy"]!["apikey"]!, (int)shown["sharedBy"]!["permit"]!, (string)shown["sharedBy"]!["email"]!).ShouldBe((owner.Apikey, 15, owner.Email));
        shown["shareTo"].ShouldBeNull();
        shown["devGroups"]!.AsArray().Select(g => (string)g!["groupId"]!).ShouldBe([group]);
        ((string)things[0]!["itemData"]!["mainDeviceId"]!, (string)things[0]!["itemData"]!["family"]!["familyid"]!).ShouldBe((lamp.Device.Id, home));
        foreach (var hidden in new[] { elsewhere, borrowed }) (await StatusAsync(member, hidden)).Error().ShouldBe(405);

        var devices = (await (await V1App.SignInAsync(member)).GetAsync("/api/user/device"))["devicelist"]!.AsArray();
        devices.Select(d => (string)d!["deviceid"]!).ShouldBe([lamp.Device.Id, fan.Device.Id], ignoreOrder: true);
        ((string)(await ThingAsync(owner, lamp, 1))["name"]!).ShouldBe("Lamp");
        (await ThingAsync(owner, lamp, 1))["shareTo"]!.AsArray().ShouldBeEmpty("it is not shared");
    }

    [Fact]
    public async Task A_member_switches_sees_history_changes_timers_and_names_things_for_himself()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner, "Lamp");
        var group = await GroupAsync(owner, made.Device.Id);
        await House.JoinAsync(owner, member, home);
        await using var lamp = await House.ConnectAsync(made);

        var timers = new JsonObject { ["timers"] = new JsonArray(new JsonObject { ["mId"] = "one", ["enabled"] = 1, ["do"] = new JsonObject { ["switch"] = "on" } }) };
        var setting = member.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = timers });
        await lamp.ObeyAsync();
        (await setting).Error().ShouldBe(0);
        (await member.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 2, ["id"] = group, ["params"] = new JsonObject { ["switch"] = "on" } })).Error().ShouldBe(0);
        await lamp.ObeyAsync();
        var history = (await member.GetAsync($"/v2/device/history?deviceid={lamp.Id}")).ShouldNotBeNull();
        history.Error().ShouldBe(0);
        (await member.PostAsync("/v2/device/update-info", new JsonObject { ["deviceid"] = lamp.Id, ["name"] = "Mine" })).Error().ShouldBe(0);

        ((string)(await ThingAsync(member, made, 2))["name"]!).ShouldBe("Mine");
        ((string)(await ThingAsync(owner, made, 1))["name"]!).ShouldBe("Lamp");
        (await member.PostAsync("/v2/family/current", new JsonObject { ["id"] = home })).Error().ShouldBe(0);
        (await CurrentAsync(member)).ShouldBe(home);
        ((await member.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().Select(IdOf)).ShouldBe([group]);
    }

    [Fact]
    public async Task What_is_the_owners_alone_is_refused_to_a_member_and_unknown_to_a_stranger()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var other = await CurrentAsync(member);
        var strange = await CurrentAsync(stranger);
        await House.AddHomeAsync(member, "Second");
        await House.AddHomeAsync(stranger, "Second");
        var room = await AddRoomAsync(owner, home, "Kitchen");
        var made = await House.AddAsync(owner, "Lamp");
        var id = made.Device.Id;
        var group = await GroupAsync(owner, id);
        await House.JoinAsync(owner, member, home);
        var before = $"{(await owner.GetAsync("/v2/family")).ToJsonString()}{(await ThingsAsync(owner, home)).Count}";
        Func<CoolKitApp, string, Task<JsonObject>>[] questions =
        [
            (app, _) => app.PutAsync("/v2/family", new JsonObject { ["id"] = home, ["name"] = "x" }),
            (app, own) => app.DeleteAsync($"/v2/family?id={home}&deviceFamily={own}&switchFamily={own}"),
            (app, _) => app.PostAsync("/v2/family/room", new JsonObject { ["familyid"] = home, ["name"] = "x", ["sort"] = 1 }),
            (app, _) => app.PutAsync("/v2/family/room", new JsonObject { ["id"] = room, ["name"] = "x" }),
            (app, _) => app.DeleteAsync($"/v2/family/room?id={room}"),
            (app, _) => app.PostAsync("/v2/family/room/index", new JsonObject { ["familyid"] = home, ["idList"] = new JsonArray(room) }),
            (app, _) => app.PostAsync("/v2/family/thing/sort", new JsonObject { ["familyid"] = home, ["thingList"] = Things([(2, id), (3, group)]) }),
            (app, _) => SetRoomAsync(app, room, [], [(2, id)]),
            (app, _) => SetRoomAsync(app, room, [], [(3, group)]),
            (app, _) => app.PostAsync("/v2/device/update-info", new JsonObject { ["deviceid"] = id, ["roomid"] = room }),
            (app, _) => app.PostAsync("/v2/device/tags", new JsonObject { ["deviceid"] = id, ["tags"] = new JsonObject { ["x"] = 1 } }),
            (app, _) => app.DeleteAsync($"/v2/device?deviceid={id}"),
            (app, _) => app.DeleteAsync($"/v2/device/history?deviceid={id}"),
            (app, _) => app.PostAsync("/v2/device/share", new JsonObject { ["deviceidList"] = new JsonArray(id), ["user"] = new JsonObject { ["email"] = CoolKitHouse.StrangerEmail }, ["permit"] = 0 }),
            (app, _) => app.PutAsync("/v2/device/group", new JsonObject { ["id"] = group, ["name"] = "x" }),
            (app, _) => app.DeleteAsync($"/v2/device/group?id={group}"),
            (app, _) => app.PostAsync("/v2/device/group/update", new JsonObject { ["id"] = group, ["deviceidList"] = new JsonArray(id) }),
        ];
        foreach (var (ask, i) in questions.Select((ask, i) => (ask, i)))
        {
            (await ask(member, other)).Error().ShouldBe(406, $"question {i}");
            (await ask(stranger, strange)).Error().ShouldBe(405, $"question {i}");
        }

        // His own home cannot go into hers, and he cannot give a home of his own to her.
        (await member.DeleteAsync($"/v2/family?id={other}&deviceFamily={home}&switchFamily={home}")).Error().ShouldBe(406);
        var (asMember, asStranger) = (await House.PrincipalAsync(member), await House.PrincipalAsync(stranger));
        (await Memberships.InviteAsync(asMember, home, Login.Email(stranger.Email).Value, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotAllowed);
        (await Memberships.RemoveAsync(asMember, home, member.Apikey!, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotAllowed);
        (await Memberships.InviteAsync(asStranger, home, Login.Email(stranger.Email).Value, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Memberships.FindAsync(asStranger, home, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Memberships.LeaveAsync(asStranger, home, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Memberships.LeaveAsync(await House.PrincipalAsync(owner), home, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotAllowed);
        $"{(await owner.GetAsync("/v2/family")).ToJsonString()}{(await ThingsAsync(owner, home)).Count}".ShouldBe(before);
    }

    [Fact]
    public async Task What_enters_the_home_comes_to_its_members_and_what_leaves_it_leaves_them()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var room = await AddRoomAsync(owner, home, "Kitchen");
        var cabin = (await House.AddHomeAsync(owner, "Cabin")).Id;
        await House.JoinAsync(owner, member, home);

        var added = await House.AddAsync(owner, "Added");
        var moved = await AddToAsync(owner, cabin);
        (await IdsAsync(member, home)).ShouldBe([added.Device.Id]);
        ((string)(await member.GetAsync($"/v2/message/read?familyid={home}"))["data"]!["messageList"]![0]!["msgType"]!).ShouldBe("shareNotify_v2");

        await MoveAsync(owner, moved, home);
        (await SetRoomAsync(owner, room, [], [(1, moved.Device.Id)])).Error().ShouldBe(0);
        var group = await GroupAsync(owner, added.Device.Id);
        (await IdsAsync(member, home)).ShouldBe(await IdsAsync(owner, home));
        ((string)(await ThingAsync(member, moved, 2))["family"]!["roomid"]!).ShouldBe(room);

        (await owner.DeleteAsync($"/v2/family/room?id={room}")).Error().ShouldBe(0);
        (await ThingAsync(member, moved, 2))["family"]!["roomid"].ShouldBeNull();
        await MoveAsync(owner, moved, cabin);
        (await StatusAsync(member, moved)).Error().ShouldBe(405);
        (await IdsAsync(owner, cabin)).ShouldBe([moved.Device.Id]);
        (await IdsAsync(member, home)).ShouldBe([group, added.Device.Id]);
        ((string)(await member.GetAsync($"/v2/message/read?familyid={home}"))["data"]!["messageList"]![0]!["msgType"]!).ShouldBe("cancelShareNotify_v2");

        (await owner.DeleteAsync($"/v2/device?deviceid={added.Device.Id}")).Error().ShouldBe(0);
        (await StatusAsync(member, added)).Error().ShouldBe(405);
        (await IdsAsync(member, home)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_home_that_is_deleted_takes_its_members_with_it_but_for_those_who_share_the_home_that_gets_its_things()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var both = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var cabin = (await House.AddHomeAsync(owner, "Cabin")).Id;
        var made = await AddToAsync(owner, cabin);
        var group = await GroupAsync(owner, made.Device.Id, cabin);
        foreach (var person in new[] { member, both }) await House.JoinAsync(owner, person, cabin);
        await House.JoinAsync(owner, both, home);
        var invited = await InviteAsync(owner, await House.PersonAsync(), cabin);

        (await owner.DeleteAsync($"/v2/family?id={cabin}&deviceFamily={home}&switchFamily={home}")).Error().ShouldBe(0);

        (await StatusAsync(member, made)).Error().ShouldBe(405);
        Families((await member.GetAsync("/v2/family"))["data"]!).ShouldHaveSingleItem();
        (await IdsAsync(both, home)).ShouldBe(await IdsAsync(owner, home));
        (await IdsAsync(owner, home)).ShouldBe([group, made.Device.Id]);
        Families((await both.GetAsync("/v2/family"))["data"]!).Select(f => (string)f["id"]!).ShouldNotContain(cabin);
        (await House.ReadAsync(s => s.Shares.FindAsync(invited.No)))!.State.ShouldBe(ShareState.Ended);
    }

    [Fact]
    public async Task A_share_lies_beneath_a_membership_and_each_goes_on_when_the_other_ends()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var own = await CurrentAsync(member);
        var (before, later, never) = (await House.AddAsync(owner, "Before"), await House.AddAsync(owner, "Later"), await House.AddAsync(owner, "Never"));
        await ShareAsync(owner, member, 3, before);
        (await IdsAsync(member, own)).ShouldBe([before.Device.Id]);

        await House.JoinAsync(owner, member, home);
        await ShareAsync(owner, member, 5, later);

        (await IdsAsync(member, own)).ShouldBeEmpty();
        (await IdsAsync(member, home)).ShouldBe(await IdsAsync(owner, home));
        foreach (var made in new[] { before, later }) ((int)(await ThingAsync(member, made, 2))["sharedBy"]!["permit"]!).ShouldBe(15);
        ((int)(await ThingAsync(owner, before, 1))["shareTo"]!.AsArray().ShouldHaveSingleItem()!["permit"]!).ShouldBe(3);

        (await owner.DeleteAsync($"/v2/device/share?deviceid={later.Device.Id}&apikey={member.Apikey}")).Error().ShouldBe(0);
        (await StatusAsync(member, later)).Error().ShouldBe(0);

        (await Memberships.LeaveAsync(await House.PrincipalAsync(member), home, Cancel)).IsOk.ShouldBeTrue();
        foreach (var gone in new[] { later, never }) (await StatusAsync(member, gone)).Error().ShouldBe(405);
        (await IdsAsync(member, own)).ShouldBe([before.Device.Id]);
        var thing = await ThingAsync(member, before, 2);
        ((int)thing["sharedBy"]!["permit"]!, (string)thing["family"]!["familyid"]!).ShouldBe((3, own));
        (await IdsAsync(owner, home)).ShouldBe([never.Device.Id, later.Device.Id, before.Device.Id], "the order of the home is as it was");
    }

    [Fact]
    public async Task What_a_member_puts_into_the_home_is_his_alone_and_goes_with_him()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var own = await CurrentAsync(member);
        var room = await AddRoomAsync(owner, home, "Kitchen");
        foreach (var person in new[] { member, other }) await House.JoinAsync(owner, person, home);
        var lamp = await House.AddAsync(owner, "Lamp");

        var mine = await AddToAsync(member, home);
        (await SetRoomAsync(member, room, [], [(1, mine.Device.Id)])).Error().ShouldBe(0);
        var group = await GroupAsync(member, mine.Device.Id, home);
        var around = await GroupAsync(member, lamp.Device.Id, own);

        (await IdsAsync(member, home)).ShouldBe([group, mine.Device.Id, lamp.Device.Id]);
        foreach (var person in new[] { owner, other })
        {
            (await IdsAsync(person, home)).ShouldBe([lamp.Device.Id]);
            (await StatusAsync(person, mine)).Error().ShouldBe(405);
        }

        (await Memberships.RemoveAsync(await House.PrincipalAsync(owner), home, member.Apikey!, Cancel)).IsOk.ShouldBeTrue();
        (await IdsAsync(member, own)).ShouldBe([group, mine.Device.Id], "the group around the lamp went with the lamp");
        (await member.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = Things([(3, around)]) })).Error().ShouldBe(405);
        (await ThingAsync(member, mine, 1))["family"]!["roomid"].ShouldBeNull();
        (await IdsAsync(other, home)).ShouldBe([lamp.Device.Id]);
        (await StatusAsync(member, lamp)).Error().ShouldBe(405);
        Families((await member.GetAsync("/v2/family"))["data"]!).Select(f => (string)f["id"]!).ShouldBe([own]);
    }

    [Fact]
    public async Task An_invitation_is_refused_withdrawn_or_expires_and_makes_nobody_a_member()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner);
        var (asOwner, asGuest, asStranger) = (await House.PrincipalAsync(owner), await House.PrincipalAsync(guest), await House.PrincipalAsync(stranger));

        var first = await InviteAsync(owner, guest, home);
        (first.Until!.Value - first.Created).ShouldBe(InvitedFor);
        var waiting = (await Memberships.InvitationsAsync(asGuest, Cancel)).ShouldHaveSingleItem();
        (waiting.Share, waiting.HomeName, waiting.AccountId, waiting.Login).ShouldBe((first.No, "My Home", owner.Apikey!, owner.Email));
        var invited = (await Memberships.FindAsync(asOwner, home, Cancel)).Value.Invited.ShouldHaveSingleItem();
        (invited.Share, invited.AccountId, invited.Login, invited.Nickname).ShouldBe((first.No, guest.Apikey!, guest.Email, ""));
        (await Memberships.InvitationsAsync(asStranger, Cancel)).ShouldBeEmpty();
        (await Sharing.AnswerAsync(asStranger, first.No, accept: true, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Sharing.CancelAsync(asStranger, first.No, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Sharing.CancelAsync(asGuest, first.No, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Sharing.AnswerAsync(asGuest, first.No, accept: false, Cancel)).Value.State.ShouldBe(ShareState.Refused);
        (await Sharing.AnswerAsync(asGuest, first.No, accept: true, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Superseded);

        var second = await InviteAsync(owner, guest, home);
        (await Sharing.CancelAsync(asOwner, second.No, Cancel)).IsOk.ShouldBeTrue();
        (await Sharing.AnswerAsync(asGuest, second.No, accept: true, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Superseded);

        var third = await InviteAsync(owner, guest, home);
        House.Time!.Advance(InvitedFor + TimeSpan.FromSeconds(1));
        (await Memberships.InvitationsAsync(asGuest, Cancel)).ShouldBeEmpty();
        (await Sharing.AnswerAsync(asGuest, third.No, accept: true, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Superseded);
        await House.Server.Service<ShareReview>().ReviewAsync(Cancel);
        (await House.ReadAsync(s => s.Shares.FindAsync(third.No)))!.State.ShouldBe(ShareState.Expired);
        (await House.ReadAsync(s => s.Bindings.OfDeviceAsync(made.Device.No))).ShouldHaveSingleItem().Role.ShouldBe(Role.Owner);
        (await Memberships.FindAsync(asGuest, home, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task Whom_an_owner_cannot_invite_is_said_with_its_reason()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var asOwner = await House.PrincipalAsync(owner);
        await House.JoinAsync(owner, member, home);

        async Task<FaultKind> FailAsync(string email) => (await Memberships.InviteAsync(asOwner, home, Login.Email(email).Value, Cancel)).Fault!.Kind;
        (await FailAsync(House.NewEmail())).ShouldBe(FaultKind.NoSuchAccount);
        (await FailAsync(owner.Email)).ShouldBe(FaultKind.Invalid);
        (await FailAsync(member.Email)).ShouldBe(FaultKind.AlreadyBound);
        for (var i = 1; i < MembershipService.MaxPerHome; i++) await InviteAsync(owner, await House.AddAccountAsync(House.NewEmail()), home);
        using var late = await House.PersonAsync();
        (await FailAsync(late.Email)).ShouldBe(FaultKind.LimitReached);
        (await Memberships.RemoveAsync(asOwner, home, late.Apikey!, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await Memberships.RemoveAsync(asOwner, home, owner.Apikey!, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task Two_invitations_at_once_leave_one_and_two_answers_at_once_make_one_member()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner);
        var asGuest = await House.PrincipalAsync(guest);

        await Task.WhenAll(InviteAsync(owner, guest, home), InviteAsync(owner, guest, home));
        var one = (await Memberships.InvitationsAsync(asGuest, Cancel)).ShouldHaveSingleItem();
        var answers = await Task.WhenAll(Sharing.AnswerAsync(asGuest, one.Share, accept: true, Cancel), Sharing.AnswerAsync(asGuest, one.Share, accept: true, Cancel));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Single(a => !a.IsOk).Fault!.Kind.ShouldBe(FaultKind.Superseded);
        var circle = (await Memberships.FindAsync(await House.PrincipalAsync(owner), home, Cancel)).Value;
        circle.Members.ShouldHaveSingleItem().AccountId.ShouldBe(guest.Apikey);
        circle.Invited.ShouldBeEmpty();
        (await StatusAsync(guest, made)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Devices_that_are_added_while_people_join_and_leave_come_to_those_who_are_in_the_home()
    {
        using var owner = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var people = new List<CoolKitApp>();
        for (var i = 0; i < 3; i++) people.Add(await House.PersonAsync());
        await House.JoinAsync(owner, people[0], home);
        var leaving = await House.PrincipalAsync(people[0]);

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 4).Select(i => House.AddAsync(owner, $"Lamp {i}"))),
            House.JoinAsync(owner, people[1], home),
            House.JoinAsync(owner, people[2], home),
            Memberships.LeaveAsync(leaving, home, Cancel));

        var all = await IdsAsync(owner, home);
        all.Count.ShouldBe(4);
        foreach (var person in people.Skip(1)) (await IdsAsync(person, home)).ShouldBe(all);
        (await (await V1App.SignInAsync(people[0])).GetAsync("/api/user/device"))["devicelist"]!.AsArray().ShouldBeEmpty();
        foreach (var person in people) person.Dispose();
    }

    [Fact]
    public async Task A_members_feed_gets_the_homes_devices_from_his_answer_on_until_he_leaves()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, member);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        (await socket.UntilPongAsync()).ShouldNotContain(f => (string?)f["action"] == "update");

        await House.JoinAsync(owner, member, home);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        var pushed = await socket.ReceiveAsync(f => (string?)f["action"] == "update");
        ((string)pushed["deviceid"]!, (string)pushed["apikey"]!).ShouldBe((lamp.Id, owner.Apikey));

        (await Memberships.LeaveAsync(await House.PrincipalAsync(member), home, Cancel)).IsOk.ShouldBeTrue();
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        (await socket.UntilPongAsync()).ShouldNotContain(f => (string?)f["action"] == "update");
    }

    [Fact]
    public async Task An_owner_who_closes_his_account_leaves_nothing_to_his_members()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner);
        await GroupAsync(owner, made.Device.Id);
        await ShareAsync(owner, member, 1, made);
        await House.JoinAsync(owner, member, home);
        var mine = await AddToAsync(member, home);
        await InviteAsync(owner, await House.PersonAsync(), home);

        await CloseAsync(owner);

        var families = Families((await member.GetAsync("/v2/family"))["data"]!);
        families.ShouldHaveSingleItem()["familyType"]!.GetValue<int>().ShouldBe(1);
        (await IdsAsync(member, (string)families[0]["id"]!)).ShouldBe([mine.Device.Id]);
        (await StatusAsync(member, made)).Error().ShouldBe(405);
        (await House.ReadAsync(s => s.Bindings.OfDeviceAsync(made.Device.No))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_who_closes_his_account_is_gone_from_the_home()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var made = await House.AddAsync(owner);
        foreach (var person in new[] { member, other }) await House.JoinAsync(owner, person, home);
        await AddToAsync(member, home);

        await CloseAsync(member);

        (await Memberships.FindAsync(await House.PrincipalAsync(owner), home, Cancel)).Value.Members.ShouldHaveSingleItem().AccountId.ShouldBe(other.Apikey);
        (await IdsAsync(owner, home)).ShouldBe([made.Device.Id]);
        (await IdsAsync(other, home)).ShouldBe([made.Device.Id]);
        (await House.ReadAsync(s => s.Bindings.OfDeviceAsync(made.Device.No))).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_device_that_somebody_else_proves_to_hold_is_gone_for_the_members_too()
    {
        using var owner = await House.PersonAsync();
        using var member = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var (made, taken) = (await House.AddAsync(owner), await House.AddAsync(owner));
        foreach (var person in new[] { member, other }) await House.JoinAsync(owner, person, home);

        (await member.PostAsync("/v2/device/add", CoolKitHouse.AddBody(taken, "Mine"))).Error().ShouldBe(0);

        ((string)(await ThingAsync(member, taken, 1))["name"]!).ShouldBe("Mine");
        foreach (var person in new[] { owner, other })
        {
            (await StatusAsync(person, taken)).Error().ShouldBe(405);
            (await IdsAsync(person, home)).ShouldBe([made.Device.Id]);
        }
    }

    private async Task<Share> InviteAsync(CoolKitApp owner, CoolKitApp guest, string home) => await InviteAsync(owner, await House.AccountAsync(guest), home);

    private async Task<Share> InviteAsync(CoolKitApp owner, Account guest, string home) =>
        (await Memberships.InviteAsync(await House.PrincipalAsync(owner), home, Login.Email(guest.Email!).Value, Cancel)).Value;

    private async Task<MadeDevice> AddToAsync(CoolKitApp app, string home)
    {
        var made = await House.MakeAsync();
        await MoveAsync(app, made, home);
        return made;
    }

    // Adding it again changes its place.
    private static async Task MoveAsync(CoolKitApp app, MadeDevice made, string home)
    {
        var body = CoolKitHouse.AddBody(made);
        body["familyid"] = home;
        var answer = await app.PostAsync("/v2/device/add", body);
        answer.Error().ShouldBe(0, answer.ToJsonString());
    }

    private async Task CloseAsync(CoolKitApp app)
    {
        (await app.PostAsync("/v2/user/verification-code", new JsonObject { ["type"] = 3, ["email"] = app.Email })).Error().ShouldBe(0);
        (await app.PostAsync("/v2/user/close-account", new JsonObject { ["verificationCode"] = House.CodeOf(app.Email) })).Error().ShouldBe(0);
    }

    private static async Task ShareAsync(CoolKitApp owner, CoolKitApp guest, int permit, MadeDevice made) => (await owner.PostAsync("/v2/device/share", new JsonObject
    {
        ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = guest.Email }, ["permit"] = permit, ["shareType"] = 1,
    })).Error().ShouldBe(0);

    private static async Task<string> AddRoomAsync(CoolKitApp app, string home, string name) =>
        (string)(await app.PostAsync("/v2/family/room", new JsonObject { ["familyid"] = home, ["name"] = name, ["sort"] = 1 }))["data"]!["id"]!;

    private static async Task<string> GroupAsync(CoolKitApp app, string main, string? home = null)
    {
        var answer = await app.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Group", ["mainDeviceId"] = main, ["familyid"] = home ?? "" });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return (string)answer["data"]!["itemData"]!["id"]!;
    }

    private static Task<JsonObject> SetRoomAsync(CoolKitApp app, string room, (int, string)[] before, (int, string)[] after) =>
        app.PostAsync("/v2/family/room/thing", new JsonObject { ["roomid"] = room, ["oldThingList"] = Things(before), ["newThingList"] = Things(after) });

    private static JsonArray Things((int Type, string Id)[] things) => new([.. things.Select(t => (JsonNode)new JsonObject { ["itemType"] = t.Type, ["id"] = t.Id })]);

    private static IReadOnlyList<JsonObject> Families(JsonNode list) => [.. list["familyList"]!.AsArray().Select(f => f!.AsObject())];

    private static async Task<string> CurrentAsync(CoolKitApp app) => (string)(await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;

    private static Task<JsonObject> StatusAsync(CoolKitApp app, MadeDevice made) => app.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}");

    private static string IdOf(JsonNode? thing) => (string)(thing!["itemData"]!["deviceid"] ?? thing["itemData"]!["id"])!;

    private static async Task<IReadOnlyList<JsonNode>> ThingsAsync(CoolKitApp app, string home)
    {
        var answer = await app.GetAsync($"/v2/device/thing?num=0&familyid={home}");
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["thingList"]!.AsArray().Select(t => t!)];
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(CoolKitApp app, string home) => [.. (await ThingsAsync(app, home)).Select(IdOf)];

    private static async Task<JsonNode> ThingAsync(CoolKitApp app, MadeDevice made, int type)
    {
        var answer = await app.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = Things([(type, made.Device.Id)]) });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["thingList"]![0]!["itemData"]!;
    }
}
