using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Tests.Core;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>The long connection of apps (Gizwits, WebSocket).</summary>
public abstract class RealtimeContract(GizwitsFixture fixture)
{
    private const string Off = """{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"off"}],"bright":255,"rssi":-60,"secret":1}""";

    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_signs_in_on_the_port_that_its_binding_names_and_by_TLS()
    {
        using var person = await House.PersonAsync();
        await House.LampOfAsync(person);
        var binding = (await person.GetAsync("/app/bindings"))["devices"]![0]!;
        var address = new Uri($"http://{binding["host"]}:{binding["ws_port"]}");
        foreach (var server in new[] { address, House.CoolKit.Server.Https })
        {
            await using var socket = await GizwitsSocket.OpenAsync(server);
            (await socket.UntilPongingAsync()).ShouldBeEmpty();
            await socket.LoginAsync(person);
            (await socket.UntilPongingAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_login_that_is_wrong_fails_and_ends_the_connection()
    {
        using var other = await House.PersonAsync();
        using var otherApp = await House.OtherAppAsync(Irori.Core.Projects.AppKind.Client);
        using var coolkit = await House.CoolKit.PersonAsync();
        using var tooOld = await House.PersonAsync();
        House.Time.Advance(TimeSpan.FromDays(4));
        using var fresh = await House.PersonAsync();
        House.Time.Advance(TimeSpan.FromDays(3));
        (string Field, string? Value)[] wrong =
            [("token", "nothing"), ("token", ""), ("token", other.Token), ("token", coolkit.Token), ("token", tooOld.Token), ("uid", other.Uid), ("uid", ""), ("appid", otherApp.AppId), ("appid", "")];
        foreach (var (field, value) in wrong)
        {
            await using var socket = await GizwitsSocket.OpenAsync(House);
            var login = GizwitsSocket.Login(fresh);
            login["data"]![field] = value;
            await socket.SendAsync(login);
            (await socket.ReceiveAsync()).ToJsonString().ShouldBe("""{"cmd":"login_res","data":{"success":false}}""", field);
            (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        }

        await using var good = await GizwitsSocket.ConnectAsync(House, fresh);
    }

    [Fact]
    public async Task A_login_that_is_no_login_is_refused_and_may_be_said_again()
    {
        using var person = await House.PersonAsync();
        await using var socket = await GizwitsSocket.OpenAsync(House);
        foreach (var field in new[] { "appid", "uid", "token", "p0_type" })
        {
            var login = GizwitsSocket.Login(person);
            login["data"]!.AsObject().Remove(field);
            (await socket.RefusedAsync(login)).ShouldBe(9015, field);
        }

        foreach (var (field, value) in new[] { ("p0_type", "\"attrs\""), ("heartbeat_interval", "0"), ("heartbeat_interval", "181"), ("heartbeat_interval", "\"x\""), ("auto_subscribe", "1"), ("token", "5") })
        {
            var login = GizwitsSocket.Login(person);
            login["data"]![field] = JsonNode.Parse(value);
            (await socket.RefusedAsync(login)).ShouldBe(9015, field);
        }

        var lenient = GizwitsSocket.Login(person);
        lenient["data"]!.AsObject().Remove("heartbeat_interval");
        lenient["data"]!["extra"] = 1;
        await socket.SendAsync(lenient);
        ((bool)(await socket.ReceiveAsync())["data"]!["success"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Before_the_login_everything_is_answered_by_asking_for_it()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.OpenAsync(House);
        foreach (var frame in new[] { GizwitsSocket.Read(made.Device.Id), GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}"""), GizwitsSocket.Say(made.Device.Id, 0), GizwitsSocket.Subscribe(made.Device.Id), GizwitsSocket.Of("nothing", null) })
            (await socket.RefusedAsync(frame)).ShouldBe(1009);
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
        await socket.LoginAsync(person);
    }

    [Fact]
    public async Task Who_does_not_sign_in_is_sent_away()
    {
        await using var socket = await GizwitsSocket.OpenAsync(House);
        (await socket.UntilPongingAsync()).ShouldBeEmpty();
        House.Time.Advance(TimeSpan.FromSeconds(21));
        ((int)(await socket.ReceiveAsync("s2c_invalid_msg"))["data"]!["error_code"]!).ShouldBe(1009);
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Who_keeps_no_heartbeat_is_told_and_sent_away()
    {
        using var person = await House.PersonAsync();
        await using var socket = await GizwitsSocket.ConnectAsync(House, person, heartbeat: 60);
        for (var i = 0; i < 3; i++)
        {
            House.Time.Advance(TimeSpan.FromSeconds(80));
            (await socket.UntilPongingAsync()).ShouldBeEmpty();
        }

        House.Time.Advance(TimeSpan.FromSeconds(91));
        (await socket.ReceiveAsync()).ToJsonString().ShouldBe("""{"cmd":"s2c_invalid_msg","data":{"error_code":1011,"msg":"No heartbeat!"}}""");
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task A_lamp_is_read_and_switched_and_its_state_is_pushed_whole()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await using var phone = await GizwitsSocket.ConnectAsync(House, person);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        foreach (var listening in new[] { socket, phone })
        {
            var presence = (await listening.ReceiveAsync("s2c_online_status"))["data"]!;
            ((string)presence["did"]!, (bool)presence["online"]!, (string)presence["passcode"]!).ShouldBe((made.Device.Id, true, ""));
            ((string)presence["mac"]!).ShouldMatch("^accf23[0-9a-f]{6}$");
        }

        (await lamp.ReportAsync(JsonNode.Parse(Off)!)).Error().ShouldBe(0);
        foreach (var listening in new[] { socket, phone }) (await listening.ReceiveAttributesAsync()).ShouldBe("""{"LED_OnOff":false,"Fan_OnOff":false,"Brightness":100,"Signal":-60}""");

        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true,"Brightness":50}""", number: 7));
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}],"bright":128}""");
        var answers = await socket.ReceiveAllAsync("s2c_ack", "s2c_noti");
        answers["s2c_ack"].ToJsonString().ShouldBe($$"""{"cmd":"s2c_ack","res_sn":7,"did":"{{made.Device.Id}}"}""");
        answers["s2c_noti"]["data"]!["attrs"]!.ToJsonString().ShouldBe("""{"LED_OnOff":true,"Fan_OnOff":false,"Brightness":50,"Signal":-60}""");
        (await phone.ReceiveAttributesAsync()).ShouldBe("""{"LED_OnOff":true,"Fan_OnOff":false,"Brightness":50,"Signal":-60}""");

        // Without a number, only what has changed is heard of.
        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"Fan_OnOff":1}"""));
        await lamp.ObeyAsync();
        (await socket.ReceiveAttributesAsync()).ShouldBe("""{"LED_OnOff":true,"Fan_OnOff":true,"Brightness":50,"Signal":-60}""");
        await socket.SendAsync(GizwitsSocket.Read(made.Device.Id, number: 9));
        (await socket.ReceiveAsync()).ToJsonString().ShouldBe(
            $$$$"""{"cmd":"s2c_noti","res_sn":9,"data":{"did":"{{{{made.Device.Id}}}}","attrs":{"LED_OnOff":true,"Fan_OnOff":true,"Brightness":50,"Signal":-60}}}""");
        // What no data point shows, nobody hears of.
        (await lamp.ReportAsync(JsonNode.Parse("""{"secret":2}""")!)).Error().ShouldBe(0);
        (await lamp.ReportAsync(JsonNode.Parse("""{"rssi":-61}""")!)).Error().ShouldBe(0);
        (await socket.ReceiveAttributesAsync()).ShouldContain("\"Signal\":-61");

        lamp.Socket.Abort();
        ((bool)(await socket.ReceiveAsync("s2c_online_status"))["data"]!["online"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task A_heater_shows_bytes_as_numbers_and_takes_them_so()
    {
        using var person = await House.PersonAsync();
        var (made, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        using var second = await House.PersonAsync();
        (await House.BindAsync(second, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await using var other = await GizwitsSocket.ConnectAsync(House, second);
        var (link, channel) = await OpenAsync(made);
        ((string)(await other.ReceiveAsync("s2c_online_status"))["data"]!["passcode"]!).ShouldBe("");
        var presence = (await socket.ReceiveAsync("s2c_online_status"))["data"]!;
        ((string)presence["mac"]!, (string)presence["passcode"]!).ShouldBe((mac, made.Key));
        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"power":true,"mode":"eco","label":[161,2]}""", number: 1));
        link.Answer(await channel.FirstSent.Task.WaitAsync(Cancel), accepted: true, null, null, default).ShouldBeTrue();
        var answers = await socket.ReceiveAllAsync("s2c_ack", "s2c_noti");
        answers["s2c_noti"]["data"]!["attrs"]!.ToJsonString().ShouldBe("""{"power":true,"mode":"eco","label":[161,2,0,0]}""");
        foreach (var label in new[] { "[256]", "[-1]", "[\"a\"]", "[1,2,3,4,5]", "[1.5]", "{}" }) (await socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, $$"""{"label":{{label}}}"""))).ShouldBe(9025, label);
    }

    [Fact]
    public async Task What_is_no_value_of_a_data_point_is_an_invalid_attribute()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        foreach (var attrs in new[] { "{}", """{"nothing":1}""", """{"Signal":-1}""", """{"LED_OnOff":2}""", """{"Brightness":101}""", """{"LED_OnOff":true,"nothing":1}""" })
            (await socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, attrs))).ShouldBe(9025, attrs);
        foreach (var attrs in new[] { "[]", "5", "null", "\"on\"" }) (await socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, attrs))).ShouldBe(9015, attrs);
        // What the device's own application would read, nothing, and too little.
        int[][] meaningless = [[0, 0, 0, 3, 4, 0, 0, 144, 5], [0, 0, 0, 3, 3, 0, 0, 144], [0, 0, 0, 3, 4, 0, 0, 144, 1]];
        foreach (var raw in meaningless) (await socket.RefusedAsync(GizwitsSocket.Say(made.Device.Id, raw))).ShouldBe(9025, string.Join(',', raw));
        int[][] broken =
        [
            [], [1], [0, 0, 0, 3], [0, 0, 0, 3, 200], [0, 0, 0, 3, 2, 0, 0], [0, 0, 0, 3, 4, 0, 0, 144], [0, 0, 0, 4, 3, 0, 0, 144], [0, 0, 0, 3, 4, 0, 0, 145, 4], [0, 0, 0, 3, 5, 0, 0, 147, 0, 0],
            [0, 0, 0, 3, 4, 0, 0, 256, 1],
        ];
        foreach (var raw in broken) (await socket.RefusedAsync(GizwitsSocket.Say(made.Device.Id, raw))).ShouldBe(9015, string.Join(',', raw));
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Offline_refusing_and_silent_devices_are_told_apart()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        (await socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}"""))).ShouldBe(9042);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        var refused = socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}"""));
        await lamp.ObeyAsync(error: 400);
        (await refused).ShouldBe(9021);
        // Only who gave a number wants to know that nothing came.
        refused = socket.RefusedAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}""", number: 1));
        await lamp.ReceiveCommandAsync();
        House.Time.Advance(CommandService.DefaultDeadline);
        (await refused).ShouldBe(9021);
        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}"""));
        await lamp.ReceiveCommandAsync();
        House.Time.Advance(CommandService.DefaultDeadline);
        // What is said to the device next waits for that.
        await socket.SendAsync(GizwitsSocket.Read(made.Device.Id, number: 2));
        var last = await socket.ReceiveAsync(f => (string)f["cmd"]! is "s2c_noti" or "s2c_invalid_msg");
        ((long)last["res_sn"]!).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_said_to_one_lamp_reaches_it_in_its_order()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        for (var i = 1; i <= 20; i++) await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, $$"""{"Red":{{i}}}""", number: i));
        for (var i = 1; i <= 20; i++) ((int)(await lamp.ObeyAsync())["params"]!["colour"]!["r"]!).ShouldBe(i);
        for (var i = 1; i <= 20; i++) ((long)(await socket.ReceiveAsync("s2c_ack"))["res_sn"]!).ShouldBe(i);
    }

    [Fact]
    public async Task A_stranger_finds_and_hears_nothing()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.LampOfAsync(owner);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await using var own = await GizwitsSocket.ConnectAsync(House, owner);
        await using var strange = await GizwitsSocket.ConnectAsync(House, stranger);
        foreach (var did in new[] { made.Device.Id, "nothing" })
        {
            (await strange.RefusedAsync(GizwitsSocket.Read(did))).ShouldBe(9014);
            (await strange.RefusedAsync(GizwitsSocket.Write(did, """{"LED_OnOff":true}""", 1))).ShouldBe(9014);
            (await strange.RefusedAsync(GizwitsSocket.Say(did, 0, 0, 0, 3, 7, 0, 0, 144, 1, 1, 1, 0))).ShouldBe(9014);
        }

        await strange.SendAsync(GizwitsSocket.Subscribe(made.Device.Id, "nothing"));
        var subscribed = (await strange.ReceiveAsync("subscribe_res"))["data"]!;
        subscribed["success"]!.AsArray().ShouldBeEmpty();
        subscribed["failed"]!.AsArray().Select(f => ((string)f!["did"]!, (int)f["error_code"]!)).ShouldBe([(made.Device.Id, 9014), ("nothing", 9014)]);
        (await lamp.ReportAsync(JsonNode.Parse(Off)!)).Error().ShouldBe(0);
        await own.ReceiveAttributesAsync();
        (await strange.UntilPongingAsync()).ShouldBeEmpty();
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_a_share_hears_and_switches_until_it_ends()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.LampOfAsync(owner);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await using var own = await GizwitsSocket.ConnectAsync(House, owner);
        await using var shared = await GizwitsSocket.ConnectAsync(House, guest);
        var share = (long)(await owner.PostAsync("/app/sharing", new JsonObject { ["type"] = 0, ["did"] = made.Device.Id, ["uid"] = guest.Uid }))["id"]!;
        (await guest.PutAsync($"/app/sharing/{share}?status=1")).Code.ShouldBe(0);
        (await shared.ReceiveAsync()).ToJsonString().ShouldBe($$$"""{"cmd":"s2c_binding_changed","data":{"did":"{{{made.Device.Id}}}","bind":true}}""");
        await shared.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}""", 1));
        await lamp.ObeyAsync();
        foreach (var listening in new[] { own, shared }) (await listening.ReceiveAttributesAsync()).ShouldBe("""{"LED_OnOff":true}""");

        (await owner.DeleteAsync($"/app/sharing/{share}")).Code.ShouldBe(0);
        (await shared.ReceiveAsync("s2c_binding_changed"))["data"]!.ToJsonString().ShouldBe($$"""{"did":"{{made.Device.Id}}","bind":false}""");
        (await shared.RefusedAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":false}""", 2))).ShouldBe(9014);
        (await lamp.ReportAsync(JsonNode.Parse(Off)!)).Error().ShouldBe(0);
        await own.ReceiveAsync(f => (string?)f["data"]?["attrs"]?.ToJsonString() == """{"LED_OnOff":false,"Fan_OnOff":false,"Brightness":100,"Signal":-60}""");
        (await shared.UntilPongingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_phone_is_told_which_devices_come_and_go_by_whatever_way()
    {
        var email = House.CoolKit.NewEmail();
        using var person = House.App();
        person.Take(await person.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
        using var coolkit = await House.CoolKit.SignInAsync(email);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await using var picky = await GizwitsSocket.ConnectAsync(House, person, subscribe: false);
        var made = await House.LampOfAsync(person);
        var plug = await House.CoolKit.AddAsync(coolkit);
        foreach (var listening in new[] { socket, picky })
        {
            foreach (var did in new[] { made.Device.Id, plug.Device.Id }) (await listening.ReceiveAsync())["data"]!.ToJsonString().ShouldBe($$"""{"did":"{{did}}","bind":true}""");
        }

        (await coolkit.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        (await person.DeleteAsync("/app/bindings", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = plug.Device.Id }) })).Code.ShouldBe(0);
        foreach (var listening in new[] { socket, picky })
        {
            foreach (var did in new[] { made.Device.Id, plug.Device.Id }) (await listening.ReceiveAsync())["data"]!.ToJsonString().ShouldBe($$"""{"did":"{{did}}","bind":false}""");
        }
    }

    [Fact]
    public async Task Who_subscribes_himself_hears_only_of_that()
    {
        using var person = await House.PersonAsync();
        var (quiet, wanted) = (await House.LampOfAsync(person), await House.LampOfAsync(person));
        await using var socket = await GizwitsSocket.ConnectAsync(House, person, subscribe: false);
        await using var all = await GizwitsSocket.ConnectAsync(House, person, subscribe: true);
        await using var first = await House.CoolKit.ConnectAsync(quiet);
        await all.ReceiveAsync("s2c_online_status");
        await socket.SendAsync(GizwitsSocket.Subscribe(wanted.Device.Id, wanted.Device.Id, "nothing"));
        (await socket.ReceiveAsync())["data"]!["success"]!.ToJsonString().ShouldBe($$"""[{"did":"{{wanted.Device.Id}}","error_code":0,"msg":"ok"}]""");
        await using var second = await House.CoolKit.ConnectAsync(wanted);
        foreach (var lamp in new[] { first, second }) (await lamp.ReportAsync(JsonNode.Parse(Off)!)).Error().ShouldBe(0);
        for (var i = 0; i < 2; i++) await all.ReceiveAttributesAsync();
        ((string)(await socket.ReceiveAsync("s2c_online_status"))["data"]!["did"]!).ShouldBe(wanted.Device.Id);
        ((string)(await socket.ReceiveAsync("s2c_noti"))["data"]!["did"]!).ShouldBe(wanted.Device.Id);
        (await socket.UntilPongingAsync()).ShouldBeEmpty();

        foreach (var data in new[] { "[]", "{}", "[5]", "[null]", "[{}]", """[{"did":5}]""", "null" }) (await socket.RefusedAsync(GizwitsSocket.Of("subscribe_req", JsonNode.Parse(data)))).ShouldBe(9015, data);
        (await socket.RefusedAsync(GizwitsSocket.Subscribe([.. Enumerable.Range(0, 501).Select(i => $"{i}")]))).ShouldBe(9015);
    }

    [Fact]
    public async Task Who_signs_in_again_goes_on_with_that()
    {
        using var person = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var (mine, his) = (await House.LampOfAsync(person), await House.LampOfAsync(other));
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await using var all = await GizwitsSocket.ConnectAsync(House, person);
        await socket.LoginAsync(other);
        (await socket.RefusedAsync(GizwitsSocket.Read(mine.Device.Id))).ShouldBe(9014);
        await using var first = await House.CoolKit.ConnectAsync(mine);
        await all.ReceiveAsync("s2c_online_status");
        await using var second = await House.CoolKit.ConnectAsync(his);
        ((string)(await socket.ReceiveAsync("s2c_online_status"))["data"]!["did"]!).ShouldBe(his.Device.Id);
    }

    [Fact]
    public async Task Who_speaks_in_bytes_is_answered_and_pushed_in_bytes()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person, p0: "custom");
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await socket.ReceiveAsync("s2c_online_status");
        (await lamp.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"on"}],"bright":255,"rssi":-60}""")!)).Error().ShouldBe(0);
        // Two bits, then brightness, red and the signal from -120 on.
        (await RawAsync(socket)).ShouldBe([0, 0, 0, 3, 8, 0, 0, 145, 4, 0b10, 100, 0, 60]);

        // Without a number, then with one: only that is acknowledged.
        await socket.SendAsync(GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 6, 0, 0, 144, 1, 0b0001, 0b01));
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}]}""");
        (await RawAsync(socket)).ShouldBe([0, 0, 0, 3, 8, 0, 0, 145, 4, 0b11, 100, 0, 60]);
        await socket.SendAsync(GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 11, 0, 0, 147, 1, 2, 3, 4, 1, 0b0100, 0, 50));
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"bright":128}""");
        var said = new[] { await RawAsync(socket), await RawAsync(socket) }.OrderBy(r => r.Length).ToList();
        said[0].ShouldBe([0, 0, 0, 3, 7, 0, 0, 148, 1, 2, 3, 4]);
        said[1].ShouldBe([0, 0, 0, 3, 8, 0, 0, 145, 4, 0b11, 50, 0, 60]);

        await socket.SendAsync(GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 8, 0, 0, 147, 0, 0, 0, 1, 2));
        (await RawAsync(socket)).ShouldBe([0, 0, 0, 3, 7, 0, 0, 148, 0, 0, 0, 1]);
        (await RawAsync(socket)).ShouldBe([0, 0, 0, 3, 8, 0, 0, 145, 3, 0b11, 50, 0, 60]);
        await socket.SendAsync(GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 7, 0, 0, 148, 0, 0, 0, 1));
        (await socket.UntilPongingAsync()).ShouldBeEmpty();
        foreach (var frame in new[] { GizwitsSocket.Read(made.Device.Id), GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}"""), Acknowledgement(made) }) (await socket.RefusedAsync(frame)).ShouldBe(9015);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("ping")]
    [InlineData("""{"cmd":"\ud800"}""")]
    [InlineData("""{"cmd":5}""")]
    [InlineData("""{"cmd":null}""")]
    [InlineData("""{"cmd":"nothing"}""")]
    [InlineData("""{"cmd":"c2s_read"}""")]
    [InlineData("""{"cmd":"c2s_read","data":{"did":5}}""")]
    [InlineData("""{"cmd":"c2s_read","data":{"did":"x","names":[null]}}""")]
    [InlineData("""{"cmd":"c2s_read","data":{"did":"x"},"req_sn":"x"}""")]
    [InlineData("""{"cmd":"c2s_write","data":{"did":"x"}}""")]
    [InlineData("""{"cmd":"c2s_write","data":"x"}""")]
    [InlineData("""{"cmd":"c2s_raw","data":{"did":"x","raw":"AAAA"}}""")]
    [InlineData("""{"cmd":"c2s_raw","data":{"did":"x","raw":[null]}}""")]
    [InlineData("""{"cmd":"c2s_ack","data":{}}""")]
    [InlineData("""{"cmd":"c2s_write","data":{"did":"a\u0000b","attrs":{}}}""")]
    public async Task What_cannot_be_read_is_answered_and_the_connection_lives(string frame)
    {
        using var person = await House.PersonAsync();
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await socket.SendAsync(frame);
        ((int)(await socket.ReceiveAsync("s2c_invalid_msg"))["data"]!["error_code"]!).ShouldBe(9015);
        (await socket.UntilPongingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Frames_that_are_too_long_are_refused_and_endless_ones_end_the_connection()
    {
        using var person = await House.PersonAsync();
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await socket.SendAsync($$"""{"cmd":"ping","filler":"{{new string('x', 70_000)}}"}""");
        ((int)(await socket.ReceiveAsync())["data"]!["error_code"]!).ShouldBe(9015);
        await socket.SendAsync(new byte[200_000], WebSocketMessageType.Text, end: false);
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task When_the_session_ends_the_app_is_asked_to_sign_in_and_sent_away()
    {
        using var person = await House.PersonAsync();
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        var sessions = House.CoolKit.Server.Service<SessionService>();
        (await sessions.EndAsync((await sessions.AuthenticateAsync(person.Token!, null, Cancel)).Value, Cancel)).IsOk.ShouldBeTrue();
        (await socket.ReceiveAsync()).ToJsonString().ShouldBe("""{"cmd":"s2c_invalid_msg","data":{"error_code":1009,"msg":"M2M socket has closed, please login again!"}}""");
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task What_an_app_may_not_see_it_does_not_hear_of()
    {
        var email = House.CoolKit.NewEmail();
        using var wide = House.App();
        wide.Take(await wide.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
        using var narrow = await House.OtherAppAsync(Irori.Core.Projects.AppKind.Client, allProducts: false);
        (await narrow.LoginAsync(email, GizwitsHouse.Password)).Code.ShouldBe(0);
        await using var open = await GizwitsSocket.ConnectAsync(House, wide);
        await using var closed = await GizwitsSocket.ConnectAsync(House, narrow);
        var made = await House.LampOfAsync(wide);
        await open.ReceiveAsync("s2c_binding_changed");
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        (await lamp.ReportAsync(JsonNode.Parse(Off)!)).Error().ShouldBe(0);
        await open.ReceiveAttributesAsync();
        (await closed.RefusedAsync(GizwitsSocket.Read(made.Device.Id))).ShouldBe(9014);
        (await closed.UntilPongingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_for_connections_is_nothing_else()
    {
        using var app = House.App();
        (await app.GetAsync("/ws/app/v1")).Error.ShouldBe((404, 9999));
    }

    [Fact]
    public async Task Every_message_of_the_document_is_spoken()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.ConnectAsync(House, person);
        await using var bytes = await GizwitsSocket.ConnectAsync(House, person, p0: "custom");
        await socket.SendAsync(GizwitsSocket.Subscribe(made.Device.Id));
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await socket.ReceiveAsync("s2c_online_status");
        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true}""", 1));
        await lamp.ObeyAsync();
        await socket.ReceiveAllAsync("s2c_ack", "s2c_noti");
        await socket.SendAsync(GizwitsSocket.Read(made.Device.Id, 2));
        await socket.ReceiveAsync("s2c_noti");
        await socket.SendAsync(Acknowledgement(made));
        (await socket.RefusedAsync(GizwitsSocket.Read("nothing"))).ShouldBe(9014);
        await bytes.SendAsync(GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 4, 0, 0, 144, 2));
        await bytes.ReceiveAsync("s2c_raw");
        (await socket.UntilPongingAsync()).ShouldBeEmpty();
        (await person.DeleteAsync("/app/bindings", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = made.Device.Id }) })).Code.ShouldBe(0);
        await socket.ReceiveAsync("s2c_binding_changed");
        var document = AsyncApi.Of(GizwitsSocket.Document);
        document.OfServer.Keys.Concat(document.OfClient.Keys).Except(socket.Spoken.Concat(bytes.Spoken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_stops_says_so()
    {
        var house = await GizwitsHouse.StartAsync(fixture.Engine);
        using var person = await house.PersonAsync();
        await using var socket = await GizwitsSocket.ConnectAsync(house, person);
        var goodbye = socket.ReceiveCloseAsync();
        await house.DisposeAsync();
        (await goodbye).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
    }

    [Fact]
    public async Task An_app_of_each_vendor_switches_one_lamp_and_the_other_is_pushed_its_own_names_and_values()
    {
        var email = House.CoolKit.NewEmail();
        using var gizwits = House.App();
        gizwits.Take(await gizwits.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
        var made = await House.LampOfAsync(gizwits);
        using var coolkit = await House.CoolKit.SignInAsync(email);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        (await lamp.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"off"}]}""")!)).Error().ShouldBe(0);
        await using var ewelink = await AppSocket.ConnectAsync(House.CoolKit, coolkit);
        await using var socket = await GizwitsSocket.ConnectAsync(House, gizwits);

        var switching = ewelink.AskAsync(AppSocket.Update(coolkit, made.Device.Id, JsonNode.Parse("""{"switches":[{"outlet":1,"switch":"on"}]}""")!));
        await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
        (await socket.ReceiveAttributesAsync()).ShouldBe("""{"LED_OnOff":false,"Fan_OnOff":true}""");

        await socket.SendAsync(GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true,"Fan_OnOff":false}""", 1));
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"},{"outlet":1,"switch":"off"}]}""");
        await socket.ReceiveAsync("s2c_ack");
        var pushed = await ewelink.ReceiveAsync(f => (string?)f["action"] == "update" && f["params"]!.ToJsonString().Contains("""{"outlet":0,"switch":"on"}""", StringComparison.Ordinal));
        JsonSerializer.Serialize(pushed["params"]!["switches"]).ShouldContain("""{"outlet":1,"switch":"off"}""");
    }

    private static JsonObject Acknowledgement(MadeDevice made) => new() { ["cmd"] = "c2s_ack", ["res_sn"] = 1, ["did"] = made.Device.Id };

    private static async Task<int[]> RawAsync(TestSocket socket) => [.. (await socket.ReceiveAsync("s2c_raw"))["data"]!["raw"]!.AsArray().Select(b => (int)b!)];

    private async Task<(Link Link, FakeChannel Channel)> OpenAsync(MadeDevice made)
    {
        var channel = new FakeChannel();
        var identity = new LinkIdentity(made.Device.No, made.Device.Id, made.Device.Product, null, KeepsFrames: false);
        return ((await House.CoolKit.Server.Service<LinkService>().OpenAsync(identity, channel, Cancel)).Value, channel);
    }
}
