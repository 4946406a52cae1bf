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
    public Task AnswerAsync(JsonObject command, int error = 0) => socket.SendAsync(new JsonObject
    {
        ["error"] = error, ["userAgent"] = "device", ["apikey"] = Apikey, ["deviceid"] = id, ["sequence"] = command["sequence"]!.DeepClone(),
    });

    /// <summary>Answers the next command.</summary>
    public async Task<JsonObject> ObeyAsync(int error = 0)
    {
        var command = await ReceiveCommandAsync();
        await AnswerAsync(command, error);
        return command;
    }

    public ValueTask DisposeAsync() => socket.DisposeAsync();
}
