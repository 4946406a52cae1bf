using System.Text.Json.Nodes;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>The frames of a Gizwits app on its long connection.</summary>
internal static class GizwitsSocket
{
    /// <summary>Name of the AsyncAPI document.</summary>
    public const string Document = "gizwits";

    public static Task<TestSocket> OpenAsync(Uri server) => TestSocket.OpenAsync(server, "/ws/app/v1", Document);

    public static Task<TestSocket> OpenAsync(GizwitsHouse house) => OpenAsync(house.CoolKit.Server.Http);

    /// <summary>Opens a connection and signs in on it.</summary>
    public static async Task<TestSocket> ConnectAsync(GizwitsHouse house, GizwitsApp app, string p0 = "attrs_v4", bool? subscribe = null, int heartbeat = 180)
    {
        var socket = await OpenAsync(house);
        await socket.LoginAsync(app, p0, subscribe, heartbeat);
        return socket;
    }

    /// <summary>Signs in; the next frame is the answer.</summary>
    public static async Task LoginAsync(this TestSocket socket, GizwitsApp app, string p0 = "attrs_v4", bool? subscribe = null, int heartbeat = 180)
    {
        await socket.SendAsync(Login(app, p0, subscribe, heartbeat));
        (await socket.ReceiveAsync()).ToJsonString().ShouldBe("""{"cmd":"login_res","data":{"success":true}}""");
    }

    public static JsonObject Login(GizwitsApp app, string p0 = "attrs_v4", bool? subscribe = null, int heartbeat = 180)
    {
        var data = new JsonObject { ["appid"] = app.AppId, ["uid"] = app.Uid, ["token"] = app.Token, ["p0_type"] = p0, ["heartbeat_interval"] = heartbeat };
        if (subscribe is { } all) data["auto_subscribe"] = all;
        return Of("login_req", data);
    }

    public static JsonObject Of(string cmd, JsonNode? data, long? number = null)
    {
        var frame = new JsonObject { ["cmd"] = cmd, ["data"] = data };
        if (number is { } sn) frame["req_sn"] = sn;
        return frame;
    }

    public static JsonObject Read(string did, long? number = null) => Of("c2s_read", new JsonObject { ["did"] = did }, number);

    public static JsonObject Write(string did, string attrs, long? number = null) => Of("c2s_write", new JsonObject { ["did"] = did, ["attrs"] = JsonNode.Parse(attrs) }, number);

    public static JsonObject Say(string did, params int[] raw) => Of("c2s_raw", new JsonObject { ["did"] = did, ["raw"] = new JsonArray([.. raw.Select(b => (JsonNode)b)]) });

    public static JsonObject Subscribe(params string[] dids) => Of("subscribe_req", new JsonArray([.. dids.Select(d => (JsonNode)new JsonObject { ["did"] = d })]));

    /// <summary>The next frame of a kind; others are passed over.</summary>
    public static Task<JsonObject> ReceiveAsync(this TestSocket socket, string cmd) => socket.ReceiveAsync(f => (string)f["cmd"]! == cmd);

    /// <summary>The data points of the next push, as text.</summary>
    public static async Task<string> ReceiveAttributesAsync(this TestSocket socket) => (await socket.ReceiveAsync("s2c_noti"))["data"]!["attrs"]!.ToJsonString();

    /// <summary>The next frames of these kinds, whatever their order.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReceiveAllAsync(this TestSocket socket, params string[] cmds)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        while (found.Count < cmds.Length)
        {
            var frame = await socket.ReceiveAsync(f => cmds.Contains((string)f["cmd"]!));
            found[(string)frame["cmd"]!] = frame;
        }

        return found;
    }

    /// <summary>Sends a frame and answers the number of the error by which it is refused; pushes are passed over.</summary>
    public static async Task<int> RefusedAsync(this TestSocket socket, JsonNode frame)
    {
        await socket.SendAsync(frame);
        var answer = (await socket.ReceiveAsync("s2c_invalid_msg"))["data"]!;
        ((string)answer["msg"]!).ShouldNotBeEmpty();
        return (int)answer["error_code"]!;
    }

    /// <summary>Sends a heartbeat and reads until it is answered; answers what came before.</summary>
    public static async Task<IReadOnlyList<JsonObject>> UntilPongingAsync(this TestSocket socket)
    {
        await socket.SendAsync(new JsonObject { ["cmd"] = "ping" });
        var before = new List<JsonObject>();
        while (await socket.ReceiveAsync() is { } frame && (string)frame["cmd"]! != "pong") before.Add(frame);
        return before;
    }
}
