using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>An app's long connection (CoolKit v2, realtime control).</summary>
public abstract class AppConnectionContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Theory]
    [InlineData("ws on the HTTP port")]
    [InlineData("wss on the HTTPS port")]
    [InlineData("wss on the HTTP port")]
    public async Task An_app_signs_in_on_its_connection(string how)
    {
        using var app = await House.PersonAsync();
        var (http, https) = (House.Server.Http, House.Server.Https);
        var address = how switch
        {
            "ws on the HTTP port" => http,
            "wss on the HTTPS port" => https,
            _ => new UriBuilder(http) { Scheme = Uri.UriSchemeHttps }.Uri,
        };
        await using var socket = await TestSocket.OpenAsync(address);
        var handshake = AppSocket.Handshake(app);
        await socket.SendAsync(handshake);
        var answer = await socket.ReceiveAsync();
        answer.ToJsonString().ShouldBe(
            $$$"""{"error":0,"apikey":"{{{app.Apikey}}}","config":{"hb":1,"hbl":1,"hbInterval":145},"sequence":"{{{handshake["sequence"]}}}"}""");
        await socket.SendAsync("ping");
        (await socket.ReceiveTextAsync()).ShouldBe("pong");
    }

    [Fact]
    public async Task A_sequence_comes_back_as_the_type_it_had()
    {
        using var app = await House.PersonAsync();
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        var handshake = AppSocket.Handshake(app);
        foreach (var dropped in new[] { "version", "ts", "appid", "nonce" }) handshake.Remove(dropped);
        handshake["sequence"] = 1585297259553;
        handshake["userAgent"] = "pc_ewelink";
        await socket.SendAsync(handshake);
        (await socket.ReceiveAsync())["sequence"]!.ToJsonString().ShouldBe("1585297259553");
        var made = await House.AddAsync(app);
        var query = AppSocket.Query(app, made.Device.Id);
        query["sequence"] = 1585297259554;
        query["ts"] = "1585297259";
        (await socket.AskAsync(query))["sequence"]!.ToJsonString().ShouldBe("1585297259554");
        query["sequence"] = "1585297259555";
        (await socket.AskAsync(query))["sequence"]!.ToJsonString().ShouldBe("\"1585297259555\"");
        query.Remove("sequence");
        await socket.SendAsync(query);
        (await socket.ReceiveAsync()).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_heartbeat_is_answered_before_the_handshake_too()
    {
        using var app = await House.PersonAsync();
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        await socket.SendAsync("ping");
        (await socket.ReceiveTextAsync()).ShouldBe("pong");
        await socket.SendAsync(AppSocket.Handshake(app));
        (await socket.ReceiveAsync()).Error().ShouldBe(0);
        await socket.SendAsync("ping");
        (await socket.ReceiveTextAsync()).ShouldBe("pong");
    }

    [Fact]
    public async Task A_handshake_that_fails_says_why_and_ends_the_connection()
    {
        using var app = await House.PersonAsync();
        using var other = await House.PersonAsync();
        using var tooOld = await House.PersonAsync(await House.AddAppAsync(accessSeconds: 60));
        House.Time!.Advance(TimeSpan.FromSeconds(61));
        using var gone = await House.PersonAsync();
        await gone.DeleteAsync("/v2/user/logout");
        var disabled = await House.TokenAsync(app.Email, (await House.AddAppAsync(disabled: true)).App);
        var otherKind = await House.TokenAsync(app.Email, (await House.AddAppAsync("gizwits")).App);
        (string Field, JsonNode? Value)[] refused =
        [
            ("at", disabled), ("at", otherKind), ("at", "unknown"), ("at", tooOld.Token), ("at", gone.Token), ("at", other.Token), ("at", app.RefreshToken), ("at", ""),
            ("apikey", other.Apikey), ("apikey", ""), ("appid", "nobody"),
        ];
        foreach (var (field, value) in refused) await IsRefusedAsync(Changed(AppSocket.Handshake(app), field, value), 406, "Authentication Failed");
        (string Field, JsonNode? Value)[] malformed = [("at", 5), ("at", null), ("apikey", new JsonArray()), ("apikey", null), ("appid", 5)];
        foreach (var (field, value) in malformed) await IsRefusedAsync(Changed(AppSocket.Handshake(app), field, value), 400, "Bad Request");
        foreach (var field in new[] { "at", "apikey" })
        {
            var handshake = AppSocket.Handshake(app);
            handshake.Remove(field);
            await IsRefusedAsync(handshake, 400, "Bad Request");
        }
    }

    [Theory]
    [InlineData("""{"action":"update","sequence":"1","deviceid":"1000000001","apikey":"x","params":{"switch":"on"}}""")]
    [InlineData("""{"action":"query","sequence":"1","params":[]}""")]
    [InlineData("""{"action":"date","sequence":"1"}""")]
    [InlineData("""{"sequence":"1"}""")]
    [InlineData("""{"action":5,"sequence":"1"}""")]
    public async Task Whatever_comes_before_the_handshake_ends_the_connection(string frame)
    {
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        await socket.SendAsync(frame);
        var answer = await socket.ReceiveAsync();
        answer.Error().ShouldBe(406);
        ((string)answer["sequence"]!).ShouldBe("1");
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Who_says_nothing_is_sent_away()
    {
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        await socket.SendAsync("ping");
        await socket.ReceiveTextAsync();
        House.Time!.Advance(TimeSpan.FromSeconds(21));
        await Should.ThrowAsync<WebSocketException>(socket.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_device_is_commanded_and_read()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["rssi"] = -60 });
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var update = AppSocket.Update(app, made.Device.Id, new JsonObject { ["switch"] = "on" });
        var answering = socket.AskAsync(update);
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        var answer = await answering;
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((string)answer["deviceid"]!).ShouldBe(made.Device.Id);
        ((string)answer["apikey"]!).ShouldBe(app.Apikey);

        var all = await socket.AskAsync(AppSocket.Query(app, made.Device.Id));
        all.Error().ShouldBe(0);
        ((string)all["deviceid"]!).ShouldBe(made.Device.Id);
        ((string)all["apikey"]!).ShouldBe(app.Apikey);
        all["params"]!.ToJsonString().ShouldBe("""{"switch":"on","rssi":-60}""");
        (await socket.AskAsync(AppSocket.Query(app, made.Device.Id, "rssi", "timers")))["params"]!.ToJsonString().ShouldBe("""{"rssi":-60}""");
        (await socket.AskAsync(AppSocket.Query(app, made.Device.Id, "timers")))["params"]!.ToJsonString().ShouldBe("{}");
    }

    [Fact]
    public async Task Offline_silent_and_refusing_devices_have_their_codes()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        (await socket.AskAsync(On(app, made))).Error().ShouldBe(503);

        await using var lamp = await House.ConnectAsync(made);
        var answering = socket.AskAsync(On(app, made));
        await lamp.ReceiveCommandAsync();
        House.Time!.Advance(CommandService.DefaultDeadline);
        (await answering).Error().ShouldBe(504);

        foreach (var code in new[] { 400, 403, -409 })
        {
            answering = socket.AskAsync(On(app, made));
            await lamp.ObeyAsync(code);
            (await answering).Error().ShouldBe(code);
        }

        answering = socket.AskAsync(On(app, made));
        await lamp.ReceiveCommandAsync();
        lamp.Socket.Abort();
        (await answering).Error().ShouldBe(504);
        ((string)(await answering)["reason"]!).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_frame_carries_the_apikey_of_who_asks_or_of_the_owner()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, guest);
        foreach (var apikey in new[] { guest.Apikey, owner.Apikey })
        {
            var answering = socket.AskAsync(AppSocket.Update(guest, made.Device.Id, new JsonObject { ["switch"] = "on" }, apikey));
            ((string)(await lamp.ObeyAsync())["apikey"]!).ShouldBe(owner.Apikey);
            (await answering).Error().ShouldBe(0);
        }

        foreach (var apikey in new[] { stranger.Apikey, "", "x" })
        {
            (await socket.AskAsync(AppSocket.Update(guest, made.Device.Id, new JsonObject { ["switch"] = "on" }, apikey))).Error().ShouldBe(406);
            (await socket.AskAsync(Changed(AppSocket.Query(guest, made.Device.Id), "apikey", apikey))).Error().ShouldBe(406);
        }

        await using var strange = await AppSocket.ConnectAsync(House, stranger);
        foreach (var apikey in new[] { stranger.Apikey, owner.Apikey })
        {
            (await strange.AskAsync(AppSocket.Update(stranger, made.Device.Id, new JsonObject { ["switch"] = "on" }, apikey))).Error().ShouldBe(405);
            (await strange.AskAsync(Changed(AppSocket.Query(stranger, made.Device.Id), "apikey", apikey))).Error().ShouldBe(405);
            (await strange.AskAsync(AppSocket.Update(stranger, "10000fffff", new JsonObject { ["switch"] = "on" }, apikey))).Error().ShouldBe(405);
        }
    }

    [Fact]
    public async Task Owner_and_guest_hear_of_a_device_on_every_phone_and_strangers_do_not()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var first = await AppSocket.ConnectAsync(House, owner);
        await using var second = await AppSocket.ConnectAsync(House, owner);
        await using var shared = await AppSocket.ConnectAsync(House, guest);
        await using var strange = await AppSocket.ConnectAsync(House, stranger);
        var listening = new[] { first, second, shared };

        await using var lamp = await House.ConnectAsync(made);
        foreach (var socket in listening) IsPresence(await socket.ReceiveAsync(), owner, made, online: true);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["rssi"] = -60 });
        foreach (var socket in listening)
        {
            var pushed = await socket.ReceiveAsync();
            pushed.ToJsonString().ShouldBe(
                $$$"""{"action":"update","deviceid":"{{{made.Device.Id}}}","apikey":"{{{owner.Apikey}}}","userAgent":"device","params":{"switch":"on","rssi":-60}}""");
        }

        lamp.Socket.Abort();
        foreach (var socket in listening) IsPresence(await socket.ReceiveAsync(), owner, made, online: false);
        (await strange.UntilPongAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_app_may_not_see_it_does_not_hear_of()
    {
        using var everything = await House.PersonAsync();
        using var narrow = await House.SignInAsync(everything.Email, await House.AddAppAsync(allProducts: false));
        var made = await House.AddAsync(everything);
        await using var wide = await AppSocket.ConnectAsync(House, everything);
        await using var none = await AppSocket.ConnectAsync(House, narrow);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        await wide.ReceiveAsync(f => (string?)f["action"] == "update");
        (await none.UntilPongAsync()).ShouldBeEmpty();
        (await none.AskAsync(On(narrow, made))).Error().ShouldBe(405);
    }

    [Fact]
    public async Task A_share_that_was_given_back_is_heard_of_no_more()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await using var own = await AppSocket.ConnectAsync(House, owner);
        await using var shared = await AppSocket.ConnectAsync(House, guest);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        await shared.ReceiveAsync(f => (string?)f["action"] == "update");
        (await guest.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        await own.ReceiveAsync(f => (string?)f["params"]?["switch"] == "off");
        (await shared.UntilPongAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forty_commands_at_once_are_all_answered()
    {
        using var app = await House.PersonAsync();
        var lamps = new List<CoolKitDevice>();
        for (var i = 0; i < 4; i++) lamps.Add(await House.ConnectAsync(await House.AddAsync(app)));
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var frames = Enumerable.Range(0, 40).Select(i => AppSocket.Update(app, lamps[i % 4].Id, new JsonObject { [$"p{i}"] = i })).ToList();
        var obeying = lamps.Select(async lamp =>
        {
            for (var i = 0; i < 10; i++) await lamp.ObeyAsync();
        }).ToList();
        foreach (var frame in frames) await socket.SendAsync(frame);
        var open = frames.Select(f => (string)f["sequence"]!).ToHashSet();
        while (open.Count > 0)
        {
            var answer = await socket.ReceiveAsync(f => f["action"] is null);
            answer.Error().ShouldBe(0, answer.ToJsonString());
            open.Remove((string)answer["sequence"]!).ShouldBeTrue();
        }

        await Task.WhenAll(obeying);
        foreach (var lamp in lamps) await lamp.DisposeAsync();
    }

    [Theory]
    [InlineData("garbage", 400)]
    [InlineData("", 400)]
    [InlineData("[]", 400)]
    [InlineData("5", 400)]
    [InlineData("PING", 400)]
    [InlineData("""{"action":"\ud800"}""", 400)]
    [InlineData("""{"\ud800action":"update"}""", 400)]
    [InlineData("""{"action":"nothing","sequence":"1"}""", 400)]
    [InlineData("""{"action":null,"sequence":"1"}""", 400)]
    [InlineData("""{"action":"update","sequence":"1"}""", 400)]
    [InlineData("""{"action":"update","deviceid":5,"apikey":"x","params":{},"sequence":"1"}""", 400)]
    [InlineData("""{"action":"update","deviceid":"1000000001","apikey":"x","params":"on","sequence":"1"}""", 400)]
    [InlineData("""{"action":"query","deviceid":"1000000001","apikey":"x","params":"on","sequence":"1"}""", 400)]
    [InlineData("""{"action":"query","deviceid":"1000000001","apikey":"x","params":[null,5],"sequence":"1"}""", 400)]
    [InlineData("""{"action":"register","deviceid":"1000000001","apikey":"x","sequence":"1"}""", 400)]
    [InlineData("""{"action":"update","deviceid":"a\u0000b","apikey":"x","params":{},"sequence":"1"}""", 400)]
    public async Task What_cannot_be_read_is_answered_and_the_connection_lives(string frame, int error)
    {
        using var app = await House.PersonAsync();
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await socket.SendAsync(frame);
        var answer = await socket.ReceiveAsync();
        answer.Error().ShouldBe(error, answer.ToJsonString());
        if (frame.Contains("\"sequence\"", StringComparison.Ordinal) && !frame.Contains('\\', StringComparison.Ordinal)) ((string)answer["sequence"]!).ShouldBe("1");
        (await socket.UntilPongAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Frames_that_are_too_long_are_refused_and_endless_ones_end_the_connection()
    {
        using var app = await House.PersonAsync();
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await socket.SendAsync($$"""{"action":"query","filler":"{{new string('x', 70_000)}}"}""");
        (await socket.ReceiveAsync()).Error().ShouldBe(400);
        (await socket.UntilPongAsync()).ShouldBeEmpty();
        await socket.SendAsync(new byte[200_000], WebSocketMessageType.Text, end: false);
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_frame_in_many_parts_is_one_frame()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var query = AppSocket.Query(app, made.Device.Id);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(query);
        for (var i = 0; i < bytes.Length; i++) await socket.SendAsync(bytes.AsMemory(i, 1), WebSocketMessageType.Text, end: i == bytes.Length - 1);
        (await socket.AnswerAsync(query)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_to_apps_and_devices()
    {
        var house = await CoolKitHouse.StartAsync(fixture.Engine, options: HouseFixture.Options());
        using var app = await house.PersonAsync();
        await using var lamp = await house.ConnectAsync(await house.AddAsync(app));
        await using var socket = await AppSocket.ConnectAsync(house, app);
        var goodbyes = new[] { socket.ReceiveCloseAsync(), lamp.Socket.ReceiveCloseAsync() };
        await house.DisposeAsync();
        foreach (var goodbye in goodbyes) (await goodbye).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
    }

    private static JsonObject On(CoolKitApp app, MadeDevice made) => AppSocket.Update(app, made.Device.Id, new JsonObject { ["switch"] = "on" });

    private static JsonObject Changed(JsonObject frame, string field, JsonNode? value)
    {
        frame[field] = value;
        return frame;
    }

    private static void IsPresence(JsonObject frame, CoolKitApp owner, MadeDevice made, bool online)
    {
        ((string)frame["action"]!).ShouldBe("sysmsg");
        ((string)frame["deviceid"]!).ShouldBe(made.Device.Id);
        ((string)frame["apikey"]!).ShouldBe(owner.Apikey);
        ((bool)frame["params"]!["online"]!).ShouldBe(online);
        frame["ts"]!.ToJsonString().Length.ShouldBe(10);
    }

    private async Task IsRefusedAsync(JsonObject handshake, int error, string reason)
    {
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        await socket.SendAsync(handshake);
        var answer = await socket.ReceiveAsync();
        answer.Error().ShouldBe(error, $"{handshake.ToJsonString()} {answer.ToJsonString()}");
        ((string)answer["actionName"]!).ShouldBe("userOnline");
        ((string)answer["reason"]!).ShouldBe(reason);
        answer["sequence"]!.ToJsonString().ShouldBe(handshake["sequence"]!.ToJsonString());
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }
}
