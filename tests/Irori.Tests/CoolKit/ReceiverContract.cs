using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>What the receiver of a share sees of a device, field by field, in v2 and v1; and what he may do with it in v1.</summary>
public abstract class ReceiverContract(HouseFixture fixture)
{
    private const string V1Device = "/api/user/device";

    /// <summary>Who sees what in a field of a device.</summary>
    private enum View
    {
        /// <summary>Owner and receiver see the same.</summary>
        Same,

        /// <summary>Everybody sees his own.</summary>
        Own,

        /// <summary>Only the owner sees something.</summary>
        OfOwner,

        /// <summary>Only the receiver sees something.</summary>
        OfReceiver,
    }

    private static readonly Dictionary<string, View> OfV2 = new()
    {
        ["name"] = View.Same, ["deviceid"] = View.Same, ["apikey"] = View.Same, ["extra"] = View.Same, ["brandName"] = View.Same, ["brandLogo"] = View.Same,
        ["showBrand"] = View.Same, ["productModel"] = View.Same, ["devGroups"] = View.Own, ["tags"] = View.Same, ["devConfig"] = View.Same, ["settings"] = View.Own,
        ["family"] = View.Own, ["sharedBy"] = View.OfReceiver, ["shareTo"] = View.OfOwner, ["devicekey"] = View.OfOwner, ["online"] = View.Same, ["params"] = View.Same,
        ["gsmInfoData"] = View.Same, ["isSupportGroup"] = View.Same, ["isSupportedOnMP"] = View.Same, ["isSupportChannelSplit"] = View.Same, ["deviceFeature"] = View.Same,
        ["denyFeatures"] = View.Same,
    };

    private static readonly Dictionary<string, View> OfV1 = new()
    {
        ["_id"] = View.Same, ["__v"] = View.Same, ["name"] = View.Same, ["type"] = View.Same, ["deviceid"] = View.Same, ["apikey"] = View.Same, ["extra"] = View.Same,
        ["onlineTime"] = View.Same, ["ip"] = View.Same, ["location"] = View.Same, ["settings"] = View.Own, ["params"] = View.Same, ["online"] = View.Same,
        ["createdAt"] = View.Own, ["groups"] = View.Own, ["devGroups"] = View.Own, ["group"] = View.Same, ["sharedTo"] = View.OfOwner, ["deviceUrl"] = View.Same,
        ["devConfig"] = View.Same, ["sharedBy"] = View.OfReceiver, ["devicekey"] = View.OfOwner, ["brandName"] = View.Same, ["brandLogoUrl"] = View.Same,
        ["productModel"] = View.Same, ["showBrand"] = View.Same, ["uiid"] = View.Same, ["tags"] = View.Same,
    };

    private CoolKitHouse House { get; } = fixture.House;

    [Theory]
    [InlineData("coolkit-v2", "DeviceData")]
    [InlineData("coolkit-v1", "DeviceV1")]
    public void Every_field_of_the_document_is_in_the_list(string document, string schema)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs/openapi", $"{document}.json")))!;
        var fields = root["components"]!["schemas"]!.AsObject().First(s => s.Key.EndsWith(schema, StringComparison.Ordinal)).Value!["properties"]!.AsObject().Select(p => p.Key);
        fields.ShouldBe((schema == "DeviceV1" ? OfV1 : OfV2).Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task A_receiver_sees_a_device_as_the_list_says_wherever_it_is_answered()
    {
        await using var scene = await Scene.StartAsync(House);
        var (owner, guest, id) = (scene.Owner, scene.Guest, scene.Lamp.Id);

        var own = (await owner.PostAsync("/v2/device/thing", Things(1, id)))["data"]!["thingList"]![0]!.AsObject();
        var got = (await guest.PostAsync("/v2/device/thing", Things(2, id)))["data"]!["thingList"]![0]!.AsObject();

        ((int)own["itemType"]!, (int)got["itemType"]!).ShouldBe((1, 2));
        Compare(OfV2, own["itemData"]!.AsObject(), got["itemData"]!.AsObject());
        var by = got["itemData"]!["sharedBy"]!;
        ((string)by["apikey"]!, (string)by["email"]!, (int)by["permit"]!, (string)by["comment"]!).ShouldBe((owner.Apikey, owner.Email, 5, "for you"));
        got["itemData"]!["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":0}""");
        own["itemData"]!["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":1,"opsHistory":1,"alarmNotify":1}""");
        own["itemData"]!["shareTo"]!.AsArray().Select(s => (string)s!["email"]!).ShouldBe([guest.Email, scene.Third.Email], ignoreOrder: true);
        scene.HoldsNothingOfOthers(got);
        JsonNode?[] elsewhere =
        [
            (await guest.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray().Single(t => (int)t!["itemType"]! == 2),
            (await guest.PostAsync("/v2/homepage", new JsonObject { ["getThing"] = new JsonObject() }))["data"]!["thingInfo"]!["thingList"]!.AsArray().Single(t => (int)t!["itemType"]! == 2),
            (await guest.PostAsync("/v2/device/settings", new JsonObject { ["deviceidList"] = new JsonArray(id), ["settings"] = new JsonObject { ["alarmNotify"] = 0 } }))["data"]!["updatedThingList"]![0],
        ];
        foreach (var thing in elsewhere) thing!.ToJsonString().ShouldBe(got.ToJsonString());
    }

    [Fact]
    public async Task A_receiver_sees_a_device_of_v1_as_the_list_says_wherever_it_is_answered()
    {
        await using var scene = await Scene.StartAsync(House);
        var (owner, guest, id) = (await V1App.SignInAsync(scene.Owner), await V1App.SignInAsync(scene.Guest), scene.Lamp.Id);

        var own = (await owner.GetAsync(V1Device, new JsonObject { ["getTags"] = 1 }))["devicelist"]![0]!.AsObject();
        var got = (await guest.GetAsync(V1Device, new JsonObject { ["getTags"] = 1 }))["devicelist"]![0]!.AsObject();

        Compare(OfV1, own, got);
        got["sharedBy"]!.ToJsonString().ShouldBe($$"""{"apikey":"{{scene.Owner.Apikey}}","permit":5}""");
        ((int)got["settings"]!["alarmNotify"]!, (int)own["settings"]!["alarmNotify"]!).ShouldBe((0, 1));
        scene.HoldsNothingOfOthers(got);
        var one = await guest.GetAsync($"{V1Device}/{id}");
        one["device"]!.ToJsonString().ShouldBe(got.ToJsonString());
        one.Remove("device");
        one.ToJsonString().ShouldBe(got.ToJsonString());
        (await guest.GetAsync($"{V1Device}/status", new JsonObject { ["deviceid"] = id })).ToJsonString().ShouldBe((await owner.GetAsync($"{V1Device}/status", new JsonObject { ["deviceid"] = id })).ToJsonString());
    }

    [Fact]
    public async Task A_receiver_reads_and_hears_of_the_same_state_as_the_owner()
    {
        await using var scene = await Scene.StartAsync(House);
        var (owner, guest, id) = (scene.Owner, scene.Guest, scene.Lamp.Id);
        await using var own = await AppSocket.ConnectAsync(House, owner);
        await using var shared = await AppSocket.ConnectAsync(House, guest);
        var status = $"/v2/device/thing/status?type=1&id={id}";
        (await guest.GetAsync(status)).ToJsonString().ShouldBe((await owner.GetAsync(status)).ToJsonString());
        foreach (var apikey in new[] { guest.Apikey, owner.Apikey })
        {
            var query = AppSocket.Query(guest, id);
            query["apikey"] = apikey;
            var (asked, theirs) = (await shared.AskAsync(query), await own.AskAsync(AppSocket.Query(owner, id)));
            (asked.Error(), (string)asked["apikey"]!).ShouldBe((0, apikey));
            asked["params"]!.ToJsonString().ShouldBe(theirs["params"]!.ToJsonString());
        }

        (await scene.Lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        var pushes = new List<string>();
        foreach (var socket in new[] { own, shared }) pushes.Add((await socket.ReceiveAsync(f => (string?)f["params"]?["switch"] == "off")).ToJsonString());
        pushes[1].ShouldBe(pushes[0]);
    }

    [Fact]
    public async Task A_group_that_a_receiver_makes_around_a_device_is_his_to_change()
    {
        await using var scene = await Scene.StartAsync(House);
        var (guest, id) = (scene.Guest, scene.Lamp.Id);
        var group = (string)(await guest.GetAsync("/v2/device/group"))["data"]!["groupList"]![0]!["itemData"]!["id"]!;
        (await guest.PutAsync("/v2/device/group", new JsonObject { ["id"] = group, ["name"] = "Stairs" })).Error().ShouldBe(0);
        (await guest.PostAsync("/v2/device/group/status", new JsonObject { ["id"] = group, ["params"] = new JsonObject { ["bright"] = 5 } })).Error().ShouldBe(0);
        (await guest.PostAsync("/v2/device/group/update", new JsonObject { ["id"] = group, ["deviceidList"] = new JsonArray(id) })).Error().ShouldBe(0);
        var switching = guest.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 2, ["id"] = group, ["params"] = new JsonObject { ["switch"] = "off" } });
        await scene.Lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
        var item = (await guest.GetAsync("/v2/device/group"))["data"]!["groupList"]![0]!["itemData"]!;
        ((string)item["name"]!, item["params"]!.ToJsonString()).ShouldBe(("Stairs", """{"bright":5,"switch":"off"}"""));
        (await guest.DeleteAsync($"/v2/device/group?id={group}")).Error().ShouldBe(0);
        (await guest.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().ShouldBeEmpty();
        (await scene.Owner.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_receiver_learns_from_the_history_what_was_done_but_not_who_else_has_the_device()
    {
        await using var scene = await Scene.StartAsync(House);
        foreach (var person in new[] { scene.Owner, scene.Guest, scene.Third })
        {
            House.Time!.Advance(TimeSpan.FromSeconds(1));
            await scene.SwitchAsync(person);
        }

        var path = $"/v2/device/history?deviceid={scene.Lamp.Id}";
        Accounts(await scene.Owner.GetAsync(path)).ShouldBe([scene.Third.Email, scene.Guest.Email, scene.Owner.Email]);
        Accounts(await scene.Guest.GetAsync(path)).ShouldBe([null, scene.Guest.Email, scene.Owner.Email]);
        var v1 = await (await V1App.SignInAsync(scene.Guest)).PostAsync("/api/user/deviceHistory", new JsonObject { ["deviceid"] = scene.Lamp.Id });
        v1["deviceHistories"]!.AsArray().Select(h => (string?)h!["opsAccount"]).ShouldBe([null, scene.Guest.Email, scene.Owner.Email]);

        static IEnumerable<string?> Accounts(JsonObject answer) => answer["data"]!["histories"]!.AsArray().Select(h => (string?)h!["opsAccount"]);
    }

    [Fact]
    public async Task A_receiver_of_v1_commands_groups_and_gives_back_a_device_and_changes_nothing_of_the_owners()
    {
        await using var scene = await Scene.StartAsync(House);
        var (owner, guest, id) = (await V1App.SignInAsync(scene.Owner), await V1App.SignInAsync(scene.Guest), scene.Lamp.Id);
        var sending = guest.PostAsync($"{V1Device}/status", new JsonObject { ["deviceid"] = id, ["params"] = new JsonObject { ["switch"] = "off" } });
        ((string)(await scene.Lamp.ObeyAsync())["apikey"]!).ShouldBe(scene.Owner.Apikey);
        (await sending).Error().ShouldBe(0);
        JsonObject changed = new() { ["timers"] = new JsonArray(new JsonObject { ["mId"] = "one", ["enabled"] = 0, ["at"] = "36 8 * * 1" }) };
        (await guest.PostAsync($"{V1Device}/status", new JsonObject { ["deviceid"] = id, ["params"] = changed })).Error().ShouldBe(403, "he may add and delete timers, but not edit them");

        foreach (var (path, body) in new (string, JsonObject)[]
        {
            ($"{V1Device}/{id}", new JsonObject { ["name"] = "Mine" }),
            ("/api/user/tags", new JsonObject { ["deviceid"] = id, ["key"] = "ck_channel_name", ["value"] = new JsonObject() }),
            ("/api/user/api/user/tags", new JsonObject { ["deviceid"] = id, ["key"] = "ck_channel_name", ["value"] = new JsonObject() }),
        })
            (await guest.PostAsync(path, body)).Error().ShouldBe(403, path);

        ((int)(await guest.PostAsync($"{V1Device}/add", new JsonObject { ["deviceid"] = id, ["apikey"] = scene.Made.Key, ["name"] = "Mine" }))["code"]!).ShouldBe(409);
        var shown = await guest.DeleteAsync($"{V1Device}/{id}");
        ((string)shown["deviceid"]!, (string)shown["devicekey"]!).ShouldBe((id, ""));
        (await guest.GetAsync($"{V1Device}/{id}")).Error().ShouldBe(404);
        ((string)(await owner.GetAsync($"{V1Device}/{id}"))["name"]!).ShouldBe("Lamp");
        (await owner.GetAsync($"{V1Device}/{id}"))["sharedTo"]!.AsArray().Count.ShouldBe(1);
    }

    private static JsonObject Things(int type, string id) => new() { ["thingList"] = new JsonArray(new JsonObject { ["itemType"] = type, ["id"] = id }) };

    private static void Compare(Dictionary<string, View> list, JsonObject own, JsonObject got)
    {
        own.Select(p => p.Key).Concat(got.Select(p => p.Key)).ShouldBeSubsetOf(list.Keys);
        foreach (var (field, view) in list)
        {
            var (owners, receivers) = (own[field]?.ToJsonString(), got[field]?.ToJsonString());
            switch (view)
            {
                case View.Same:
                    receivers.ShouldBe(owners, field);
                    break;
                case View.Own:
                    receivers.ShouldNotBe(owners, field);
                    (IsNothing(owners) || IsNothing(receivers)).ShouldBeFalse(field);
                    break;
                default:
                    var (seen, unseen) = view == View.OfOwner ? (owners, receivers) : (receivers, owners);
                    IsNothing(seen).ShouldBeFalse(field);
                    IsNothing(unseen).ShouldBeTrue(field);
                    break;
            }
        }
    }

    private static bool IsNothing(string? json) => json is null or "\"\"" or "[]" or "{}";

    /// <summary>A device of which everything is set that can be set, shared with two.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly CoolKitHouse _house;
        private readonly List<string> _ofOthers = [];

        private Scene(CoolKitHouse house) => _house = house;

        public required CoolKitApp Owner { get; init; }

        public required CoolKitApp Guest { get; init; }

        public required CoolKitApp Third { get; init; }

        public MadeDevice Made { get; private set; } = null!;

        public CoolKitDevice Lamp { get; private set; } = null!;

        public static async Task<Scene> StartAsync(CoolKitHouse house)
        {
            var scene = new Scene(house) { Owner = await house.PersonAsync(), Guest = await house.PersonAsync(), Third = await house.PersonAsync() };
            await scene.FillAsync();
            return scene;
        }

        /// <summary>Nothing in it is the owner's alone or of another receiver.</summary>
        public void HoldsNothingOfOthers(JsonNode seen)
        {
            foreach (var secret in _ofOthers) seen.ToJsonString().ShouldNotContain(secret);
        }

        /// <summary>Somebody switches the lamp, and it obeys.</summary>
        public async Task SwitchAsync(CoolKitApp person)
        {
            var sending = person.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = Lamp.Id, ["params"] = new JsonObject { ["switch"] = "on" } });
            await Lamp.ObeyAsync();
            (await sending).Error().ShouldBe(0);
        }

        public async ValueTask DisposeAsync()
        {
            await Lamp.DisposeAsync();
            foreach (var person in new[] { Owner, Guest, Third }) person.Dispose();
        }

        private async Task FillAsync()
        {
            Made = await _house.AddAsync(Owner, "Lamp");
            Lamp = await _house.ConnectAsync(Made);
            (await Lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["timers"] = new JsonArray(new JsonObject { ["mId"] = "one" }) })).Error().ShouldBe(0);
            (await Owner.PostAsync("/v2/device/tags", new JsonObject { ["deviceid"] = Made.Device.Id, ["tags"] = new JsonObject { ["shelf"] = 3 } })).Error().ShouldBe(0);
            _house.Time!.Advance(TimeSpan.FromSeconds(1));
            await ShareAsync(Guest, "for you");
            await ShareAsync(Third, "for another");
            _ofOthers.AddRange([Made.Key, Third.Email, Third.Apikey!, "for another"]);
            foreach (var (person, setting, value) in new[] { (Owner, "opsNotify", 1), (Guest, "alarmNotify", 0) })
            {
                var home = (string)(await person.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;
                var room = (string)(await person.PostAsync("/v2/family/room", new JsonObject { ["familyid"] = home, ["name"] = "Room", ["sort"] = 1 }))["data"]!["id"]!;
                var group = (string)(await person.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Hall", ["mainDeviceId"] = Made.Device.Id }))["data"]!["itemData"]!["id"]!;
                var v1 = await V1App.SignInAsync(person);
                var folder = (string)(await v1.PostAsync("/api/group", new JsonObject { ["name"] = "Floor", ["index"] = 0 }))["groupid"]!;
                (await v1.PostAsync("/api/group/addDevice", new JsonObject { ["deviceinfos"] = new JsonArray(new JsonObject { ["deviceid"] = Made.Device.Id, ["target_id"] = folder }) })).Error().ShouldBe(0);
                (await person.PostAsync("/v2/device/update-info", new JsonObject { ["deviceid"] = Made.Device.Id, ["roomid"] = room })).Error().ShouldBe(0);
                (await person.PostAsync("/v2/device/settings", new JsonObject { ["deviceidList"] = new JsonArray(Made.Device.Id), ["settings"] = new JsonObject { [setting] = value } })).Error().ShouldBe(0);
                if (person == Owner) _ofOthers.AddRange([home, room, group, folder]);
            }
        }

        private async Task ShareAsync(CoolKitApp to, string comment) => (await Owner.PostAsync("/v2/device/share", new JsonObject
        {
            ["deviceidList"] = new JsonArray(Made.Device.Id), ["user"] = new JsonObject { ["email"] = to.Email }, ["permit"] = 5, ["comment"] = comment,
        })).Error().ShouldBe(0);
    }
}
