using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Several things are commanded by one call (CoolKit v2, batch status).</summary>
public abstract class BatchContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task Every_thing_has_its_result_when_the_caller_waits()
    {
        using var app = await House.PersonAsync();
        var (good, bad, offline) = (await House.AddAsync(app), await House.AddAsync(app), await House.AddAsync(app));
        var group = await app.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Hall", ["mainDeviceId"] = offline.Device.Id });
        var groupId = (string)group["data"]!["itemData"]!["id"]!;
        await using var obeying = await House.ConnectAsync(good);
        await using var refusing = await House.ConnectAsync(bad);

        var sending = SendAsync(app, 8000, (1, good.Device.Id), (2, groupId), (1, bad.Device.Id), (1, offline.Device.Id), (1, "10000fffff"));
        (await obeying.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        await refusing.ObeyAsync(error: 400);

        Results(await sending).ShouldBe([(1, good.Device.Id, 0), (2, groupId, 0), (1, bad.Device.Id, 4002), (1, offline.Device.Id, 30022), (1, "10000fffff", 405)]);
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={good.Device.Id}"))["data"]!["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        (await app.GetAsync($"/v2/device/thing/status?type=2&id={groupId}"))["data"]!["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
    }

    [Fact]
    public async Task Without_a_timeout_nobody_waits_and_nothing_went_wrong()
    {
        using var app = await House.PersonAsync();
        var (made, offline) = (await House.AddAsync(app), await House.AddAsync(app));
        await using var lamp = await House.ConnectAsync(made);
        foreach (var timeout in new int?[] { null, 0 })
        {
            var answer = await SendAsync(app, timeout, (1, made.Device.Id), (1, offline.Device.Id), (1, "10000fffff"));
            Results(answer).Select(r => r.Error).ShouldBe([0, 0, 0]);
            (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        }
    }

    [Fact]
    public async Task A_device_that_is_silent_until_the_timeout_failed_and_may_still_obey()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        var sending = SendAsync(app, 1000, (1, made.Device.Id));
        var command = await lamp.ReceiveCommandAsync();
        House.Time!.Advance(TimeSpan.FromMilliseconds(1000));
        Results(await sending).Select(r => r.Error).ShouldBe([4002]);
        await lamp.AnswerAsync(command);
        (await WaitForAsync(made)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
    }

    [Fact]
    public async Task What_is_wrong_with_a_batch_is_told_before_anything_is_sent()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        (int, string) good = (1, made.Device.Id);
        (await SendAsync(app, 0)).Error().ShouldBe(400);
        (await SendAsync(app, 0, [.. Enumerable.Range(0, 10).Select(i => (1, $"10000ffff{i}")), good])).Error().ShouldBe(400);
        (await SendAsync(app, 0, good, good)).Error().ShouldBe(400);
        (await SendAsync(app, 0, good, (2, made.Device.Id))).Error().ShouldBe(400);
        (await SendAsync(app, 0, good, (3, "10000fffff"))).Error().ShouldBe(400);
        (await SendAsync(app, 0, good, (2, "nothing"))).Error().ShouldBe(400);
        foreach (var timeout in new[] { -1, 8001 }) (await SendAsync(app, timeout, good)).Error().ShouldBe(400);
        foreach (var wrong in new JsonNode?[] { null, "x", new JsonArray(), new JsonObject { [new string('x', 129)] = 1 } })
        {
            var body = new JsonObject
            {
                ["thingList"] = new JsonArray(Item(1, made.Device.Id, new JsonObject { ["switch"] = "on" }), Item(1, "10000fffff", wrong)),
            };
            (await app.PostAsync("/v2/device/thing/batch-status", body)).Error().ShouldBe(400);
        }

        (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stranger_commands_nothing_and_a_receiver_does()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        Results(await SendAsync(stranger, 1000, (1, made.Device.Id))).ShouldBe([(1, made.Device.Id, 405)]);
        var sending = SendAsync(guest, 8000, (1, made.Device.Id));
        await lamp.ObeyAsync();
        Results(await sending).ShouldBe([(1, made.Device.Id, 0)]);
        var timers = new JsonObject { ["thingList"] = new JsonArray(Item(1, made.Device.Id, new JsonObject { ["timers"] = new JsonArray(new JsonObject { ["mId"] = "x" }) })), ["timeout"] = 8000 };
        Results(await guest.PostAsync("/v2/device/thing/batch-status", timers)).ShouldBe([(1, made.Device.Id, 406)]);
    }

    private static JsonObject Item(int type, string id, JsonNode? values) => new() { ["type"] = type, ["id"] = id, ["params"] = values };

    private static Task<JsonObject> SendAsync(CoolKitApp app, int? timeout, params (int Type, string Id)[] things)
    {
        var body = new JsonObject { ["thingList"] = new JsonArray([.. things.Select(t => (JsonNode)Item(t.Type, t.Id, new JsonObject { ["switch"] = "on" }))]) };
        if (timeout is { } wait) body["timeout"] = wait;
        return app.PostAsync("/v2/device/thing/batch-status", body);
    }

    private static IReadOnlyList<(int Type, string Id, int Error)> Results(JsonObject answer)
    {
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["respList"]!.AsArray().Select(r => ((int)r!["type"]!, (string)r["id"]!, (int)r["error"]!))];
    }

    private async Task<CommandRecord> WaitForAsync(MadeDevice made)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1)) is [{ Outcome: CommandOutcome.Acknowledged } record]) return record;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
