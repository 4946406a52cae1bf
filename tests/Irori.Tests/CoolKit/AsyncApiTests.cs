using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Dialects.CoolKit.Types;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>The AsyncAPI document says what is spoken. Every frame that any test receives is held to it, in <see cref="TestSocket"/>.</summary>
public sealed class AsyncApiTests
{
    [Fact]
    public async Task Every_message_of_the_document_is_spoken_and_every_frame_is_in_it()
    {
        await using var house = await CoolKitHouse.StartAsync();
        using var app = await house.SignedInAsync();
        using var guest = await house.PersonAsync();
        var (lampMade, unbound) = (await house.AddAsync(app, "Lamp"), await house.MakeAsync());

        await using var first = await TestSocket.OpenAsync(house.Server.Http);
        await first.SendAsync(new JsonObject { ["action"] = "userOnline", ["at"] = "wrong", ["apikey"] = app.Apikey, ["sequence"] = "1" });
        (await first.ReceiveAsync()).Error().ShouldBe(406);
        await using var early = new CoolKitDevice(await TestSocket.OpenAsync(house.Server.Http), unbound.Device.Id, unbound.Key);
        (await early.RegisterAsync()).Error().ShouldBe(404);

        await using var socket = await AppSocket.ConnectAsync(house, app);
        await using var guestSocket = await AppSocket.ConnectAsync(house, guest);
        await using var lamp = await house.ConnectAsync(lampMade);
        await socket.ReceiveAsync(f => (string?)f["action"] == "sysmsg");
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        await socket.ReceiveAsync(f => (string?)f["action"] == "update");
        foreach (var frame in new[] { new JsonObject { ["action"] = "query", ["deviceid"] = lamp.Id, ["params"] = new JsonArray("timers") }, new JsonObject { ["action"] = "date" } })
        {
            frame["d_seq"] = CoolKitDevice.NextSequence();
            await lamp.Socket.SendAsync(frame);
            (await lamp.Socket.ReceiveAsync(f => JsonNode.DeepEquals(f["d_seq"], frame["d_seq"]))).Error().ShouldBe(0);
        }

        var switching = socket.AskAsync(AppSocket.Update(app, lamp.Id, new JsonObject { ["switch"] = "on" }));
        await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
        (await socket.AskAsync(AppSocket.Query(app, lamp.Id))).Error().ShouldBe(0);
        (await socket.AskAsync(AppSocket.Query(app, "10ffffffff"))).Error().ShouldBe(405);
        var upgrade = new JsonObject
        {
            ["action"] = "upgrade", ["deviceid"] = lamp.Id, ["apikey"] = app.Apikey, ["userAgent"] = "app", ["sequence"] = AppSocket.NextSequence(),
            ["params"] = new JsonObject
            {
                ["model"] = "PSC-B01-GL", ["version"] = "3.5.0",
                ["binList"] = new JsonArray(new JsonObject { ["downloadUrl"] = "http://127.0.0.1/user1.bin", ["digest"] = new string('a', 64), ["name"] = "user1.bin" }),
            },
        };
        await socket.SendAsync(upgrade);
        await lamp.AnswerAsync(await lamp.Socket.ReceiveAsync(f => (string?)f["action"] == "upgrade"));
        (await socket.AnswerAsync(upgrade)).Error().ShouldBe(0);
        var share = Share("share");
        await socket.SendAsync(share);
        var question = await guestSocket.ReceiveAsync(f => (string?)f["action"] == "share");
        await guestSocket.SendAsync(new JsonObject { ["error"] = 0, ["result"] = 2, ["sequence"] = question["sequence"]!.DeepClone() });
        ((int)(await socket.AnswerAsync(share))["result"]!).ShouldBe(2);
        foreach (var action in new[] { "updateShare", "cancelShare" }) (await socket.AskAsync(Share(action))).Error().ShouldBe(0);
        await socket.UntilPongAsync();
        var type = DeviceTypes.Find(66)!;
        var product = (await house.Server.Service<ProductService>().AddAsync(
            new NewProduct("coolkit", type.Name, "ZBBridge", type.Category, "Types", [new("coolkit", "uiid", "66")], type.Things) { Node = type.Node }, TestContext.Current.CancellationToken)).Value;
        var bridgeMade = (await house.Server.Service<DeviceService>().MakeAsync(new NewDevice(house.NewDeviceId(), product.Product.Id, null, new FactoryData()), TestContext.Current.CancellationToken)).Value;
        (await app.PostAsync("/v2/device/add", CoolKitHouse.AddBody(bridgeMade))).Error().ShouldBe(0);
        await using var bridge = await house.ConnectAsync(bridgeMade);
        ((int)(await bridge.SpeakAsync("addSubDev", ("00124b0000001009", 1009)))[0]!["error"]!).ShouldBe(403);

        var document = AsyncApi.Of(TestSocket.Document);
        var spoken = new[] { first, early.Socket, socket, guestSocket, lamp.Socket, bridge.Socket }.SelectMany(s => s.Spoken).ToHashSet();
        document.OfServer.Keys.Concat(document.OfClient.Keys).Except([.. spoken, "ping"]).ShouldBeEmpty();

        JsonObject Share(string action) => new()
        {
            ["action"] = action, ["deviceid"] = lampMade.Device.Id, ["apikey"] = app.Apikey, ["sequence"] = AppSocket.NextSequence(),
            ["params"] = new JsonObject { ["uid"] = guest.Email, ["permit"] = 1 },
        };
    }
}
