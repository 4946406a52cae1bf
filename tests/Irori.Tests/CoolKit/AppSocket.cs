using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>The frames of an app on its long connection.</summary>
internal static class AppSocket
{
    private static long _sequence = 1_600_000_000_000;

    /// <summary>Opens a connection and signs in on it.</summary>
    public static async Task<TestSocket> ConnectAsync(CoolKitHouse house, CoolKitApp app)
    {
        var socket = await TestSocket.OpenAsync(house.Server.Http);
        await socket.SendAsync(Handshake(app));
        var answer = await socket.ReceiveAsync();
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return socket;
    }

    public static JsonObject Handshake(CoolKitApp app) => new()
    {
        ["action"] = "userOnline", ["version"] = 8, ["ts"] = 1571141259, ["at"] = app.Token, ["userAgent"] = "app", ["apikey"] = app.Apikey,
        ["appid"] = app.AppId, ["nonce"] = "2plz69ax", ["sequence"] = NextSequence(),
    };

    /// <summary>A command; somebody else's device is commanded with its owner's apikey.</summary>
    public static JsonObject Update(CoolKitApp app, string deviceId, JsonNode values, string? apikey = null) => new()
    {
        ["action"] = "update", ["deviceid"] = deviceId, ["apikey"] = apikey ?? app.Apikey, ["selfApikey"] = app.Apikey, ["userAgent"] = "app",
        ["sequence"] = NextSequence(), ["params"] = values,
    };

    public static JsonObject Query(CoolKitApp app, string deviceId, params string[] names) => new()
    {
        ["action"] = "query", ["deviceid"] = deviceId, ["apikey"] = app.Apikey, ["userAgent"] = "app", ["sequence"] = NextSequence(),
        ["params"] = new JsonArray([.. names.Select(n => (JsonNode)n)]),
    };

    /// <summary>Sends a frame and waits for its answer; pushes are passed over.</summary>
    public static async Task<JsonObject> AskAsync(this TestSocket socket, JsonObject frame)
    {
        await socket.SendAsync(frame);
        return await socket.AnswerAsync(frame);
    }

    /// <summary>The answer to a frame that was sent.</summary>
    public static Task<JsonObject> AnswerAsync(this TestSocket socket, JsonObject frame) =>
        socket.ReceiveAsync(f => f["action"] is null && JsonNode.DeepEquals(f["sequence"], frame["sequence"]));

    /// <summary>Sends a heartbeat and reads until it is answered; answers what came before.</summary>
    public static async Task<IReadOnlyList<JsonObject>> UntilPongAsync(this TestSocket socket)
    {
        await socket.SendAsync("ping");
        var before = new List<JsonObject>();
        while (await socket.ReceiveTextAsync() is { } text && text != "pong") before.Add(JsonNode.Parse(text)!.AsObject());
        return before;
    }

    public static string NextSequence() => $"{Interlocked.Increment(ref _sequence)}";
}
