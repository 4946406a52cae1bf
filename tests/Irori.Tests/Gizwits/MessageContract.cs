using System.Text.Json.Nodes;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>What a person is told (Gizwits Open API, message center).</summary>
public abstract class MessageContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_share_of_another_app_is_told_read_and_deleted_once()
    {
        var (person, email) = await SharedWithAsync(2);
        using var stranger = await House.PersonAsync();
        var listed = await person.GetAsync("/app/messages?type=1");
        ((int)listed["meta"]!["total"]!, listed["meta"]!["next"], listed["meta"]!["previous"]).ShouldBe((2, null, null));
        var message = listed["objects"]![0]!;
        message.AsObject().Select(f => f.Key).ShouldBe(["id", "created_at", "updated_at", "type", "status", "content"]);
        ((int)message["type"]!, (int)message["status"]!, (string)message["content"]!).ShouldBe((1, 0, "\"Lamp\" is shared with you"));
        var path = $"/app/messages/{message["id"]}";
        (await stranger.PutAsync($"{path}?status=1")).Error.ShouldBe((404, 9085));
        (await person.PutAsync("/app/messages/nothing?status=1")).Error.ShouldBe((404, 9085));
        foreach (var query in new[] { "", "?status=0", "?status=3", "?status=x" }) (await person.PutAsync(path + query)).Error.ShouldBe((400, 9015), query);
        (await person.PutAsync($"{path}?status=1")).Body.ToJsonString().ShouldBe("{}");
        ((int)(await person.GetAsync("/app/messages?type=1"))["objects"]![0]!["status"]!).ShouldBe(1);
        (await person.PutAsync($"{path}?status=2")).Body.ToJsonString().ShouldBe("{}");
        (await person.PutAsync($"{path}?status=1")).Error.ShouldBe((400, 9098));
        ((int)(await person.GetAsync("/app/messages?type=1"))["meta"]!["total"]!).ShouldBe(1);
        // Deleted is deleted, whatever the app.
        using var coolkit = await House.CoolKit.SignInAsync(email);
        (await coolkit.GetAsync("/v2/message/read"))["data"]!["messageList"]!.AsArray().Count.ShouldBe(1);
        person.Dispose();
    }

    [Fact]
    public async Task Messages_come_in_pages_with_the_way_to_the_next()
    {
        var (person, _) = await SharedWithAsync(3);
        var page = await person.GetAsync("/app/messages?type=1&limit=1&skip=1");
        (page["objects"]!.AsArray().Count, (string)page["meta"]!["previous"]!, (string)page["meta"]!["next"]!).ShouldBe((1, "/app/messages?type=1&limit=1&skip=0", "/app/messages?type=1&limit=1&skip=2"));
        (await person.GetAsync((string)page["meta"]!["next"]!))["objects"]!.AsArray().Count.ShouldBe(1);
        foreach (var query in new[] { "", "?type=2", "?type=x", "?type=1&limit=0", "?type=1&limit=501", "?type=1&skip=-1" }) (await person.GetAsync($"/app/messages{query}")).Error.ShouldBe((400, 9015), query);
        person.Dispose();
    }

    // Somebody of CoolKit shares lamps with a person of Gizwits.
    private async Task<(GizwitsApp Person, string Email)> SharedWithAsync(int lamps)
    {
        var person = House.App();
        var email = House.CoolKit.NewEmail();
        person.Take(await person.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
        using var owner = await House.CoolKit.PersonAsync();
        for (var i = 0; i < lamps; i++)
        {
            var made = await House.CoolKit.AddAsync(owner);
            (await owner.PostAsync("/v2/device/share", new JsonObject
            {
                ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = email }, ["permit"] = 0,
            })).Error().ShouldBe(0);
        }

        return (person, email);
    }
}
