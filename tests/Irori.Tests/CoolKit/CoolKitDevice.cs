using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A device on its connection, whose every frame the test decides.</summary>
internal sealed class CoolKitDevice(TestSocket socket, string id, string key) : IAsyncDisposable
{
    // Of all devices together: a device that comes back does not count anew.
    private static long _sequence = 1_700_000_000_000;

    public string Id => id;

    public TestSocket Socket => socket;

    public string Apikey { get; private set; } = "";

    /// <summary>Connects and registers.</summary>
    public static async Task<CoolKitDevice> ConnectAsync(Uri server, string id, string key)
    {
        var device = new CoolKitDevice(await TestSocket.OpenAsync(server), id, key);
        var answer = await device.RegisterAsync();
        answer.Error().ShouldBe(0, answer.ToJsonString());
        device.Apikey = (string)answer["apikey"]!;
        return device;
    }

    public async Task<JsonObject> RegisterAsync(string? model = "PSC-B01-GL")
    {
        await socket.SendAsync(new JsonObject
        {
            ["action"] = "register", ["userAgent"] = "device", ["version"] = 8, ["deviceid"] = id, ["apikey"] = key, ["model"] = model, ["romVersion"] = "3.5.0", ["ts"] = 14,
            ["d_seq"] = NextSequence(),
        });
        return await socket.ReceiveAsync();
    }

    public static long NextSequence() => Interlocked.Increment(ref _sequence);

    /// <summary>Reports and waits for the answer.</summary>
    public async Task<JsonObject> ReportAsync(JsonNode values, long? sequence = null)
    {
        var number = sequence ?? NextSequence();
        await socket.SendAsync(new JsonObject
        {
            ["action"] = "update", ["userAgent"] = "device", ["apikey"] = Apikey, ["deviceid"] = id, ["d_seq"] = number, ["params"] = values,
        });
        return await socket.ReceiveAsync(f => f["d_seq"] is { } echoed && (long)echoed == number);
    }

    public Task<JsonObject> ReceiveCommandAsync() => socket.ReceiveAsync(f => (string?)f["action"] == "update");

    /// <summary>Answers a command.</summary>
    public Task AnswerAsync(JsonObject command, int error = 0, JsonNode? config = null)
    {
        var answer = new JsonObject { ["error"] = error, ["userAgent"] = "device", ["apikey"] = Apikey, ["deviceid"] = id, ["sequence"] = command["sequence"]!.DeepClone() };
        if (config is not null) answer["config"] = config;
        return socket.SendAsync(answer);
    }

    /// <summary>Answers the next command.</summary>
    public async Task<JsonObject> ObeyAsync(int error = 0)
    {
        var command = await ReceiveCommandAsync();
        await AnswerAsync(command, error);
        return command;
    }

    /// <summary>Says something and waits for the answer.</summary>
    public async Task<JsonObject> SpeakAsync(JsonObject frame)
    {
        var number = NextSequence();
        (frame["d_seq"], frame["apikey"], frame["userAgent"]) = (number, Apikey, "device");
        frame["deviceid"] ??= id;
        await socket.SendAsync(frame);
        return await socket.ReceiveAsync(f => f["d_seq"] is { } echoed && (long)echoed == number);
    }

    /// <summary>A bridge speaks of devices behind it, by name and where they join by type; answers what became of each.</summary>
    public async Task<JsonArray> SpeakAsync(string action, params (string Name, int? Uiid)[] devices)
    {
        var named = devices.Select(d => (JsonNode)new JsonObject { ["subDevId"] = d.Name, ["uiid"] = d.Uiid });
        var answer = await SpeakAsync(new JsonObject { ["action"] = action, ["params"] = new JsonObject { ["subDevices"] = new JsonArray([.. named]) } });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["subDevices"]!.AsArray();
    }

    /// <summary>A device joins the bridge; answers its id.</summary>
    public async Task<string> JoinAsync(string name, int uiid)
    {
        var taken = (await SpeakAsync("addSubDev", (name, uiid)))[0]!;
        ((int)taken["error"]!).ShouldBe(0);
        return (string)taken["deviceid"]!;
    }

    /// <summary>A bridge reports for a device behind it.</summary>
    public Task<JsonObject> ReportOfAsync(string deviceId, JsonNode values) => SpeakAsync(new JsonObject { ["action"] = "update", ["deviceid"] = deviceId, ["params"] = values });

    public ValueTask DisposeAsync() => socket.DisposeAsync();
}
