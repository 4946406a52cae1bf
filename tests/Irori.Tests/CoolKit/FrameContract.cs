using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Bad frames, for everything that an app may ask on its long connection by the AsyncAPI document.</summary>
public abstract class FrameContract(HouseFixture fixture)
{
    private const string Handshake = "userOnline";

    private static readonly IReadOnlyDictionary<string, JsonObject> Schemas = AsyncApi.Of(TestSocket.Document).AskedOn("app");

    private CoolKitHouse House { get; } = fixture.House;

    public static TheoryData<string> Frames => [.. Schemas.Keys];

    public static TheoryData<string> SignedInFrames => [.. Schemas.Keys.Where(n => n != Handshake)];

    [Fact]
    public void The_document_has_the_frames_of_this_release() => Schemas.Keys.ShouldBe([Handshake, "update", "upgrade", "query", "share", "updateShare", "cancelShare"]);

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task What_is_missing_mistyped_or_out_of_range_is_a_bad_request(string name)
    {
        await using var scene = await Scene.StartAsync(House);
        // Without its action a handshake is another frame.
        var spoiled = FrameSpoiler.Spoil(scene.Sample(name), Schemas[name]).Where(s => name != Handshake || s.Field != "action").Select(s => (s.What, Frame: Fresh(s.Frame))).ToList();
        spoiled.Count.ShouldBeGreaterThan(4);
        foreach (var (what, frame) in spoiled)
        {
            var answer = name == Handshake ? await scene.ShakeAsync(frame) : await scene.Socket.AskAsync(frame);
            answer.Error().ShouldBe(400, $"{what}: {frame.ToJsonString()} {answer.ToJsonString()}");
            ((string)answer["reason"]!).ShouldNotBeEmpty();
        }

        await scene.NothingHappenedAsync();
    }

    [Theory]
    [MemberData(nameof(SignedInFrames))]
    public async Task Before_the_handshake_nothing_is_done(string name)
    {
        await using var scene = await Scene.StartAsync(House);
        (await scene.ShakeAsync(scene.Sample(name))).Error().ShouldBe(406);
        await scene.NothingHappenedAsync();
    }

    [Theory]
    [MemberData(nameof(SignedInFrames))]
    public async Task A_frame_in_somebody_elses_name_or_for_his_device_is_refused(string name)
    {
        await using var scene = await Scene.StartAsync(House);
        using var stranger = await House.PersonAsync();
        await using var strange = await AppSocket.ConnectAsync(House, stranger);
        // Sharing is of v1, and so are its codes.
        var (unauthorized, notFound) = name.Contains("hare", StringComparison.Ordinal) ? (401, 404) : (406, 405);
        var foreign = scene.Sample(name);
        foreign["apikey"] = stranger.Apikey;
        (await scene.Socket.AskAsync(foreign)).Error().ShouldBe(unauthorized);
        var theirs = await strange.AskAsync(Fresh(foreign));
        theirs.Error().ShouldBe(notFound);
        foreign["deviceid"] = "10000fffff";
        var absent = await strange.AskAsync(Fresh(foreign));
        foreach (var answer in new[] { theirs, absent })
        {
            answer.Remove("deviceid");
            answer.Remove("sequence");
        }

        theirs.ToJsonString().ShouldBe(absent.ToJsonString(), "a device that one may not see is like one that does not exist");
        await scene.NothingHappenedAsync();
    }

    private static JsonObject Fresh(JsonObject frame)
    {
        var copy = frame.DeepClone().AsObject();
        copy["sequence"] = AppSocket.NextSequence();
        return copy;
    }

    /// <summary>Somebody with a lamp, both connected, and a friend.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly CoolKitHouse _house;
        private readonly CoolKitApp _owner;
        private readonly CoolKitApp _friend;
        private readonly CoolKitDevice _lamp;
        private readonly TestSocket _friendSocket;

        private Scene(CoolKitHouse house, CoolKitApp owner, CoolKitApp friend, CoolKitDevice lamp, TestSocket socket, TestSocket friendSocket)
        {
            (_house, _owner, _friend, _lamp) = (house, owner, friend, lamp);
            (Socket, _friendSocket) = (socket, friendSocket);
        }

        public TestSocket Socket { get; }

        public static async Task<Scene> StartAsync(CoolKitHouse house)
        {
            var (owner, friend) = (await house.PersonAsync(), await house.PersonAsync());
            var lamp = await house.ConnectAsync(await house.AddAsync(owner));
            return new Scene(house, owner, friend, lamp, await AppSocket.ConnectAsync(house, owner), await AppSocket.ConnectAsync(house, friend));
        }

        /// <summary>A frame with nothing wrong in it, made from its schema.</summary>
        public JsonObject Sample(string name)
        {
            var frame = SampleOf("", Schemas[name]).AsObject();
            frame["sequence"] = AppSocket.NextSequence();
            return frame;
        }

        /// <summary>The answer to the first frame of a connection, which ends with it.</summary>
        public async Task<JsonObject> ShakeAsync(JsonObject frame)
        {
            await using var socket = await TestSocket.OpenAsync(_house.Server.Http);
            await socket.SendAsync(frame);
            var answer = await socket.ReceiveAsync();
            (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
            return answer;
        }

        /// <summary>The connections live, and neither the device nor the friend has heard of anything.</summary>
        public async Task NothingHappenedAsync()
        {
            // That the lamp has come may be told late.
            (await Socket.UntilPongAsync()).Where(f => (string?)f["action"] != "sysmsg").ShouldBeEmpty();
            (await _friendSocket.UntilPongAsync()).ShouldBeEmpty();
            await _lamp.Socket.SendAsync("""{"action":"date","d_seq":1}""");
            (await _lamp.Socket.ReceiveAsync())["date"].ShouldNotBeNull();
            (await _friend.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray().ShouldBeEmpty();
        }

        public async ValueTask DisposeAsync()
        {
            await Socket.DisposeAsync();
            await _friendSocket.DisposeAsync();
            await _lamp.DisposeAsync();
            _owner.Dispose();
            _friend.Dispose();
        }

        private JsonNode SampleOf(string name, JsonNode schema)
        {
            if (schema["const"] is { } only) return only.DeepClone();
            string? known = name switch
            {
                "at" => _owner.Token,
                "apikey" => _owner.Apikey,
                "appid" => _owner.AppId,
                "deviceid" => _lamp.Id,
                "uid" => _friend.Email,
                "sequence" => "1",
                _ => null,
            };
            if (known is not null) return known;
            return (schema["type"] is JsonArray types ? (string)types[0]! : (string)schema["type"]!) switch
            {
                "string" => "x",
                "integer" => 1,
                "array" => new JsonArray(SampleOf("", schema["items"]!)),
                _ => new JsonObject(schema["properties"]?.AsObject().Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, SampleOf(p.Key, p.Value!))) ?? [KeyValuePair.Create<string, JsonNode?>("switch", "on")]),
            };
        }
    }
}
