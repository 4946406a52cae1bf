using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Clients that nobody here wrote.</summary>
public sealed class ClientTests
{
    /// <summary>The one that the vendor's document names, which speaks v2, and the most used one of v1.</summary>
    [Theory]
    [InlineData("ewelink-api-next.mjs")]
    [InlineData("ewelink-api.mjs")]
    public async Task A_client_signs_in_lists_switches_and_hears_of_changes(string script)
    {
        await using var house = await CoolKitHouse.StartAsync();
        using var app = await house.SignedInAsync();
        await using var lamp = await house.ConnectAsync(await house.AddAsync(app));
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        var cancel = TestContext.Current.CancellationToken;

        await using var client = NodeScript.Start(script, new Dictionary<string, string>
        {
            ["HTTP"] = house.Server.Http.GetLeftPart(UriPartial.Authority),
            ["APP_ID"] = house.AppSecret.App.Id,
            ["APP_SECRET"] = house.AppSecret.Secret,
            ["EMAIL"] = CoolKitHouse.OwnerEmail,
            ["PASSWORD"] = CoolKitHouse.Password,
            ["DEVICE"] = lamp.Id,
            // That of v2 dials TLS on whatever port it is told; the certificate is the installation's own.
            ["NODE_EXTRA_CA_CERTS"] = Path.Combine(house.Server.Folder, "certificate.pem"),
        });
        var listening = client.WaitForAsync("listening", cancel);
        (await Obeyed(lamp.ObeyAsync(), listening))["params"]!["switch"]!.GetValue<string>().ShouldBe("on");
        (await Obeyed(lamp.ObeyAsync(), listening))["params"]!["switch"]!.GetValue<string>().ShouldBe("off");
        if (script == "ewelink-api.mjs")
        {
            var asked = await Obeyed(lamp.ReceiveCommandAsync(), listening);
            asked["params"]!.ToJsonString().ShouldBe("""{"hundredDaysKwh":"get"}""");
            await lamp.AnswerAsync(asked, config: new JsonObject { ["hundredDaysKwhData"] = string.Concat(Enumerable.Repeat("010203", 100)) });
        }

        await listening;
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        await client.WaitForAsync("done", cancel);
    }

    // When the client gives up, its own words say more than a time-out of the device.
    private static async Task<JsonObject> Obeyed(Task<JsonObject> command, Task client)
    {
        await Task.WhenAny(command, client);
        if (client.IsFaulted) await client;
        return await command;
    }
}
