using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.States;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A device's long connection, as firmware speaks it.</summary>
public abstract class DeviceConnectionContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_device_registers_and_learns_its_owner()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        foreach (var server in new[] { House.Server.Http, House.Server.Https, new UriBuilder(House.Server.Http) { Scheme = Uri.UriSchemeHttps }.Uri })
        {
            await using var socket = await TestSocket.OpenAsync(server);
            await socket.SendAsync(Register(made, made.Key, 1595000000001));
            (await socket.ReceiveAsync()).ToJsonString().ShouldBe(
                $$$"""{"error":0,"deviceid":"{{{made.Device.Id}}}","apikey":"{{{app.Apikey}}}","config":{"hb":1,"hbInterval":145},"d_seq":1595000000001}""");
        }
    }

    [Theory]
    [InlineData("""{"action":"register"}""", 400)]
    [InlineData("""{"action":"register","deviceid":"1000abcdef"}""", 400)]
    [InlineData("""{"action":"register","apikey":"x"}""", 400)]
    [InlineData("""{"action":"register","deviceid":5,"apikey":"x"}""", 400)]
    [InlineData("""{"action":"register","deviceid":"1000abcdef","apikey":null}""", 400)]
    [InlineData("""{"action":"register","deviceid":"1000abcdef","apikey":""}""", 403)]
    [InlineData("""{"action":"register","deviceid":"x","apikey":"x"}""", 403)]
    [InlineData("""{"action":"register","deviceid":"10000000001","apikey":"x"}""", 403)]
    [InlineData("""{"action":"register","deviceid":"1000abcdef","apikey":"x","model":"NO-SUCH-MODEL"}""", 403)]
    public async Task Who_cannot_be_a_device_is_sent_away(string frame, int error)
    {
        await using var socket = await TestSocket.OpenAsync(House.Server.Http);
        await socket.SendAsync(frame);
        var answer = await socket.ReceiveAsync();
        answer.Error().ShouldBe(error, answer.ToJsonString());
        ((string)answer["reason"]!).ShouldNotBeEmpty();
        (await socket.ReceiveCloseAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_wrong_key_changes_nothing_for_the_right_one()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        foreach (var key in new[] { "wrong", made.Key + "0", made.Key.ToUpperInvariant(), app.Apikey! })
        {
            await using var liar = await TestSocket.OpenAsync(House.Server.Http);
            await liar.SendAsync(Register(made, key, 7));
            var answer = await liar.ReceiveAsync();
            answer.Error().ShouldBe(403);
            ((string)answer["deviceid"]!).ShouldBe(made.Device.Id);
            ((string)answer["reason"]!).ShouldBe("Forbidden");
            answer["d_seq"]!.ToJsonString().ShouldBe("7");
            ((string)answer["apikey"]!).ShouldBe(key);
            (await liar.ReceiveCloseAsync()).ShouldNotBeNull();
        }

        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_device_without_an_owner_waits_and_is_welcome_when_it_has_one()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync();
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), made.Device.Id, made.Key);
        for (var i = 0; i < 3; i++)
        {
            var wait = await lamp.RegisterAsync();
            wait.Error().ShouldBe(404);
            ((int)wait["config"]!["regInterval"]!).ShouldBeInRange(5, 60);
            ((string)wait["deviceid"]!).ShouldBe(made.Device.Id);
            ((string)wait["apikey"]!).ShouldBe(made.Key);
        }

        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(406);
        (await app.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made))).Error().ShouldBe(0);
        var welcome = await lamp.RegisterAsync();
        welcome.Error().ShouldBe(0);
        ((string)welcome["apikey"]!).ShouldBe(app.Apikey);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        (await lamp.RegisterAsync()).Error().ShouldBe(0);
    }

    [Fact]
    public async Task One_connection_is_for_one_device()
    {
        using var app = await House.PersonAsync();
        var (one, other) = (await House.AddAsync(app), await House.AddAsync(app));
        await using var lamp = await House.ConnectAsync(one);
        await lamp.Socket.SendAsync(Register(other, other.Key, 1));
        (await lamp.Socket.ReceiveAsync()).Error().ShouldBe(403);
        (await lamp.Socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task A_newer_connection_takes_over_and_the_device_stays_online()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var old = await House.ConnectAsync(made);
        await old.ReportAsync(new JsonObject { ["switch"] = "off" });
        await using var lamp = await House.ConnectAsync(made);
        (await old.Socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        var thing = (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!;
        ((bool)thing["online"]!).ShouldBeTrue();
        ((string)thing["params"]!["switch"]!).ShouldBe("on");
        var sending = app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = made.Device.Id, ["params"] = new JsonObject { ["switch"] = "off" } });
        await lamp.ObeyAsync();
        (await sending).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_report_is_durable_when_it_is_acknowledged_and_a_repetition_counts_once()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        const long First = 1595000000001;
        var answer = await lamp.ReportAsync(new JsonObject { ["switch"] = "on" }, First);
        answer.ToJsonString().ShouldBe($$"""{"error":0,"deviceid":"{{made.Device.Id}}","apikey":"{{app.Apikey}}","d_seq":1595000000001}""");
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" }, First)).ToJsonString().ShouldBe(answer.ToJsonString());
        lamp.Socket.Abort();
        await using var back = await House.ConnectAsync(made);
        (await back.ReportAsync(new JsonObject { ["switch"] = "on" }, First)).Error().ShouldBe(0);
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
        (await back.ReportAsync(new JsonObject { ["switch"] = "off" }, First + 1)).Error().ShouldBe(0);
        (await PointsAsync(made)).ShouldBe(["\"on\"", "\"off\""]);
    }

    [Theory]
    [InlineData("1595000000001", null)]
    [InlineData("\"1595000000001\"", null)]
    [InlineData(null, "1595000000123")]
    [InlineData(null, "\"1595000000123\"")]
    [InlineData("1595000000001", "\"1595000000123\"")]
    [InlineData("\"not a number\"", null)]
    [InlineData(null, null)]
    public async Task A_report_is_answered_with_the_numbers_that_it_had(string? deviceSequence, string? sequence)
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        var frame = $$"""{"action":"update","userAgent":"device","apikey":"{{app.Apikey}}","deviceid":"{{made.Device.Id}}","params":{"switch":"on"}""";
        if (deviceSequence is not null) frame += $",\"d_seq\":{deviceSequence}";
        if (sequence is not null) frame += $",\"sequence\":{sequence}";
        await lamp.Socket.SendAsync(frame + "}");
        var answer = await lamp.Socket.ReceiveAsync();
        answer.Error().ShouldBe(0);
        (answer["d_seq"]?.ToJsonString()).ShouldBe(deviceSequence);
        (answer["sequence"]?.ToJsonString()).ShouldBe(sequence);
        ((string)answer["apikey"]!).ShouldBe(app.Apikey);
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
    }

    [Fact]
    public async Task Reports_that_cannot_be_are_refused_and_change_nothing()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        var many = new JsonObject();
        for (var i = 0; i <= DeviceState.MaxProperties; i++) many[$"p{i}"] = i;
        JsonNode[] refused =
        [
            new JsonObject { ["switch"] = "off", ["large"] = new string('x', DeviceState.MaxSize) }, many,
            new JsonObject { ["switch"] = "off", [new string('n', 200)] = 1 }, new JsonObject { ["switch"] = "off", [""] = 1 },
            new JsonArray(), "text", 5,
        ];
        foreach (var values in refused) (await lamp.ReportAsync(values.DeepClone())).Error().ShouldBe(400, values.ToJsonString()[..Math.Min(100, values.ToJsonString().Length)]);
        await lamp.Socket.SendAsync("""{"action":"update","d_seq":5}""");
        (await lamp.Socket.ReceiveAsync()).Error().ShouldBe(400);
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}"))["data"]!["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
    }

    [Fact]
    public async Task A_state_that_would_outgrow_its_bound_is_refused_as_a_whole()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        (await lamp.ReportAsync(new JsonObject { ["a"] = new string('x', 40_000) })).Error().ShouldBe(0);
        (await lamp.ReportAsync(new JsonObject { ["b"] = new string('x', 40_000), ["switch"] = "on" })).Error().ShouldBe(400);
        (await PointsAsync(made)).ShouldBeEmpty();
        (await lamp.ReportAsync(new JsonObject { ["a"] = 1 })).Error().ShouldBe(0);
        (await lamp.ReportAsync(new JsonObject { ["b"] = new string('x', 40_000), ["switch"] = "on" })).Error().ShouldBe(0);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("""{"action":"\ud800"}""")]
    [InlineData("""{"action":"update","d_seq":1,"params":{"\ud800":1}}""")]
    [InlineData("""{"action":"update","d_seq":1,"params":{"a\u0000b":1}}""")]
    [InlineData("""{"action":"nothing"}""")]
    [InlineData("""{"action":"userOnline","at":"x","apikey":"x"}""")]
    [InlineData("""{}""")]
    public async Task What_cannot_be_read_is_answered_and_the_connection_lives(string frame)
    {
        using var app = await House.PersonAsync();
        await using var lamp = await House.ConnectAsync(await House.AddAsync(app));
        await lamp.Socket.SendAsync(frame);
        (await lamp.Socket.ReceiveAsync()).Error().ShouldBe(400);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_report_with_a_name_twice_takes_the_last()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.Socket.SendAsync("""{"action":"update","d_seq":1,"params":{"switch":"off","switch":"on"}}""");
        (await lamp.Socket.ReceiveAsync()).Error().ShouldBe(0);
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
    }

    [Fact]
    public async Task A_device_is_told_the_time_in_UTC()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.Socket.SendAsync(new JsonObject { ["action"] = "date", ["userAgent"] = "device", ["apikey"] = lamp.Apikey, ["deviceid"] = lamp.Id, ["d_seq"] = 5 });
        var answer = await lamp.Socket.ReceiveAsync();
        answer.Error().ShouldBe(0);
        ((string)answer["deviceid"]!).ShouldBe(lamp.Id);
        ((string)answer["apikey"]!).ShouldBe(app.Apikey);
        answer["d_seq"]!.ToJsonString().ShouldBe("5");
        var date = DateTimeOffset.ParseExact((string)answer["date"]!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        (House.Time!.GetUtcNow() - date).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_device_reads_what_is_stored_of_it()
    {
        using var app = await House.PersonAsync();
        await using var lamp = await House.ConnectAsync(await House.AddAsync(app));
        (await QueryAsync(lamp, new JsonArray())).ShouldBe("0");
        (await QueryAsync(lamp, new JsonArray("timers"))).ShouldBe("0");
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["timers"] = new JsonArray() });
        (await QueryAsync(lamp, new JsonArray("timers"))).ShouldBe("""{"timers":[]}""");
        (await QueryAsync(lamp, new JsonArray("timers", "pulses", "switch"))).ShouldBe("""{"switch":"on","timers":[]}""");
        (await QueryAsync(lamp, new JsonArray("pulses"))).ShouldBe("0");
        (await QueryAsync(lamp, new JsonArray())).ShouldBe("""{"switch":"on","timers":[]}""");
        (await QueryAsync(lamp, null)).ShouldBe("""{"switch":"on","timers":[]}""");
    }

    [Fact]
    public async Task Old_firmware_shakes_hands_pings_and_sends_many_frames_at_once()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        using var socket = await RawSocket.OpenAsync(House.Server.Http);
        socket.Status.ShouldBe("HTTP/1.1 101 Switching Protocols");
        await socket.WriteAsync(RawSocket.Frame(RawSocket.Ping, ""));
        (await socket.ReadAsync()).ShouldBe((RawSocket.Pong, ""));

        var frames = Enumerable.Range(1, 20).Select(i => RawSocket.Frame(RawSocket.Text, $$$"""{"action":"update","d_seq":{{{i}}},"params":{"switch":{{{i}}}}}"""));
        await socket.WriteAsync([RawSocket.Frame(RawSocket.Text, Register(made, made.Key, 100).ToJsonString()), .. frames, RawSocket.Frame(RawSocket.Ping, "x")]);
        var answers = new List<JsonObject>();
        while (answers.Count < 21)
        {
            var (kind, payload) = await socket.ReadAsync();
            if (kind == RawSocket.Text) answers.Add(JsonNode.Parse(payload)!.AsObject());
            else (kind, payload).ShouldBe((RawSocket.Pong, "x"));
        }

        foreach (var answer in answers) answer.Error().ShouldBe(0, answer.ToJsonString());
        answers.Select(a => (int)a["d_seq"]!).ShouldBe([100, .. Enumerable.Range(1, 20)]);
        (await PointsAsync(made)).ShouldBe(Enumerable.Range(1, 20).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_report_whose_connection_dies_is_stored()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.Socket.SendAsync("""{"action":"update","d_seq":1,"params":{"switch":"on"}}""");
        lamp.Socket.Abort();
        await socket.ReceiveAsync(f => (string?)f["action"] == "update");
        (await PointsAsync(made)).ShouldBe(["\"on\""]);
        await socket.ReceiveAsync(f => f["params"]?["online"]?.GetValue<bool>() == false);
        ((bool)(await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["online"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task Floods_are_refused_one_by_one_and_every_frame_is_answered()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        using var socket = await RawSocket.OpenAsync(House.Server.Http);
        await socket.WriteAsync(RawSocket.Frame(RawSocket.Text, Register(made, made.Key, 1000).ToJsonString()));
        (await socket.ReadJsonAsync()).Error().ShouldBe(0);
        const int Count = 500;
        await socket.WriteAsync([.. Enumerable.Range(1, Count).Select(i => RawSocket.Frame(RawSocket.Text, $$$"""{"action":"update","d_seq":{{{i}}},"params":{"switch":{{{i}}}}}"""))]);
        var accepted = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            var answer = await socket.ReadJsonAsync();
            answer.Error().ShouldBeOneOf(0, 500);
            if (answer.Error() == 0) accepted.Add(answer["d_seq"]!.ToJsonString());
        }

        (await PointsAsync(made)).ShouldBe(accepted);
    }

    private static JsonObject Register(MadeDevice made, string key, long sequence) => new()
    {
        ["action"] = "register", ["userAgent"] = "device", ["version"] = 2, ["deviceid"] = made.Device.Id, ["apikey"] = key, ["model"] = "PSC-B01-GL",
        ["romVersion"] = "1.5.5", ["ts"] = "14", ["d_seq"] = sequence,
    };

    private static async Task<string> QueryAsync(CoolKitDevice lamp, JsonNode? names)
    {
        await lamp.Socket.SendAsync(new JsonObject
        {
            ["action"] = "query", ["userAgent"] = "device", ["apikey"] = lamp.Apikey, ["deviceid"] = lamp.Id, ["d_seq"] = CoolKitDevice.NextSequence(), ["params"] = names,
        });
        var answer = await lamp.Socket.ReceiveAsync();
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["params"]!.ToJsonString();
    }

    private async Task<IReadOnlyList<string>> PointsAsync(MadeDevice made) =>
        [.. (await House.ReadAsync(s => s.History.PointsAsync(made.Device.No, "switch", 0, long.MaxValue, null, 1000))).Select(p => p.Value)];
}
