using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.Sharing;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Invitations to use devices (Gizwits Open API, device sharing).</summary>
public abstract class SharingContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task An_invitation_is_accepted_and_taken_back()
    {
        var (owner, guest, made) = await HouseholdAsync();
        var id = await InviteAsync(owner, guest, made);
        var sent = (await owner.GetAsync("/app/sharing?sharing_type=0"))["objects"]!.AsArray().Single()!;
        sent.AsObject().Select(f => f.Key).ShouldBe(
            ["id", "type", "uid", "username", "user_alias", "email", "phone", "did", "product_name", "dev_alias", "status", "created_at", "updated_at", "expired_at"]);
        ((long)sent["id"]!, (int)sent["status"]!, (string)sent["uid"]!, (string)sent["did"]!, (string)sent["product_name"]!).ShouldBe((id, 0, guest.Uid!, made.Device.Id, "Lamp"));
        ((string)sent["username"]!).ShouldContain("****");
        (DateTimeOffset.Parse((string)sent["expired_at"]!) - DateTimeOffset.Parse((string)sent["created_at"]!)).ShouldBe(TimeSpan.FromHours(24));
        var received = (await guest.GetAsync("/app/sharing?sharing_type=1&status=0"))["objects"]!.AsArray().Single()!;
        ((long)received["id"]!, (string)received["uid"]!).ShouldBe((id, owner.Uid!));
        (await RoleOfAsync(guest, made)).ShouldBeNull();

        (await guest.PutAsync($"/app/sharing/{id}?status=1")).Body.ToJsonString().ShouldBe($$"""{"id":{{id}}}""");
        (await RoleOfAsync(guest, made)).ShouldBe("guest");
        (await guest.PutAsync($"/app/sharing/{id}?status=1")).Error.ShouldBe((400, 9089));
        (await guest.DeleteAsync($"/app/sharing/{id}")).Error.ShouldBe((400, 9093));
        (await owner.DeleteAsync($"/app/sharing/{id}")).Body.ToJsonString().ShouldBe($$"""{"id":{{id}}}""");
        (await RoleOfAsync(guest, made)).ShouldBeNull();
        (await owner.DeleteAsync($"/app/sharing/{id}")).Error.ShouldBe((400, 9094));
        (await guest.PutAsync($"/app/sharing/{id}?status=1")).Error.ShouldBe((400, 9094));
        ((int)(await owner.GetAsync("/app/sharing?sharing_type=0&status=3"))["meta"]!["total"]!).ShouldBe(1);
        // Once told that it is shared, once that it is not any more.
        ((int)(await guest.GetAsync("/app/messages?type=1"))["meta"]!["total"]!).ShouldBe(2);
    }

    [Fact]
    public async Task An_invitation_is_refused_cancelled_or_too_old_once()
    {
        var (owner, guest, made) = await HouseholdAsync();
        var refused = await InviteAsync(owner, guest, made);
        (await guest.PutAsync($"/app/sharing/{refused}?status=2")).Code.ShouldBe(0);
        (await guest.PutAsync($"/app/sharing/{refused}?status=1")).Error.ShouldBe((400, 9089));
        var cancelled = await InviteAsync(owner, guest, made);
        (await owner.DeleteAsync($"/app/sharing/{cancelled}")).Code.ShouldBe(0);
        (await guest.PutAsync($"/app/sharing/{cancelled}?status=1")).Error.ShouldBe((400, 9094));
        var old = await InviteAsync(owner, guest, made);
        House.Time.Advance(TimeSpan.FromHours(24));
        (await guest.PutAsync($"/app/sharing/{old}?status=1")).Error.ShouldBe((400, 9088));
        // Who was asked and did not answer in time may be asked again.
        var left = await InviteAsync(owner, guest, made);
        (await owner.DeleteAsync("/app/bindings", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = made.Device.Id }) })).Code.ShouldBe(0);
        (await guest.PutAsync($"/app/sharing/{left}?status=1")).Error.ShouldBe((400, 9090));
        (await RoleOfAsync(guest, made)).ShouldBeNull();
    }

    [Fact]
    public async Task Only_the_owner_invites_and_nobody_twice_himself_or_somebody_unknown()
    {
        var (owner, guest, made) = await HouseholdAsync();
        using var stranger = await House.PersonAsync();
        (await CreateAsync(owner, made, ("uid", owner.Uid!))).Error.ShouldBe((400, 9080));
        (await CreateAsync(owner, made, ("username", "nobody-at-all"))).Error.ShouldBe((404, 9082));
        (await CreateAsync(owner, made, ("uid", "nobody"))).Error.ShouldBe((404, 9082));
        (await CreateAsync(stranger, made, ("uid", guest.Uid!))).Error.ShouldBe((404, 9014));
        (await CreateAsync(owner, made)).Error.ShouldBe((400, 9015));
        (await CreateAsync(owner, made, ("uid", guest.Uid!), ("username", "x"))).Error.ShouldBe((400, 9015));
        foreach (var more in new[] { """{"type":2}""", """{"type":0,"duration":0}""", """{"type":0,"duration":1441}""" })
        {
            var body = JsonNode.Parse(more)!.AsObject();
            (body["did"], body["uid"]) = (made.Device.Id, guest.Uid);
            (await owner.PostAsync("/app/sharing", body)).Error.ShouldBe((400, 9015), more);
        }

        var id = await InviteAsync(owner, guest, made);
        (await CreateAsync(owner, made, ("uid", guest.Uid!))).Error.ShouldBe((400, 9087));
        (await stranger.PutAsync($"/app/sharing/{id}?status=1")).Error.ShouldBe((404, 9084));
        (await stranger.DeleteAsync($"/app/sharing/{id}")).Error.ShouldBe((404, 9084));
        (await stranger.PutAsync($"/app/sharing/{id}/alias?user_alias=x")).Error.ShouldBe((404, 9084));
        (await guest.PutAsync($"/app/sharing/{id}?status=3")).Error.ShouldBe((400, 9015));
        (await guest.PutAsync($"/app/sharing/{id}?status=1")).Code.ShouldBe(0);
        (await CreateAsync(owner, made, ("uid", guest.Uid!))).Error.ShouldBe((400, 9083));
        (await CreateAsync(guest, made, ("uid", stranger.Uid!))).Error.ShouldBe((400, 9081));
        (await guest.GetAsync($"/app/sharing?sharing_type=0&did={made.Device.Id}")).Error.ShouldBe((400, 9093));
        ((int)(await owner.GetAsync($"/app/sharing?sharing_type=0&did={made.Device.Id}"))["meta"]!["total"]!).ShouldBe(1);
        foreach (var query in new[] { "", "?sharing_type=2", "?sharing_type=0&status=4", "?sharing_type=0&limit=0", "?sharing_type=0&skip=-1" }) (await owner.GetAsync($"/app/sharing{query}")).Error.ShouldBe((400, 9015), query);
    }

    [Fact]
    public async Task A_right_of_some_minutes_ends_by_itself()
    {
        var (owner, guest, made) = await HouseholdAsync();
        var made2 = await owner.PostAsync("/app/sharing", new JsonObject { ["type"] = 0, ["did"] = made.Device.Id, ["uid"] = guest.Uid, ["duration"] = 10 });
        (await guest.PutAsync($"/app/sharing/{made2["id"]}?status=1")).Code.ShouldBe(0);
        (await owner.PostAsync($"/app/sharing/{made.Device.Id}/transfer?uid={guest.Uid}")).Error.ShouldBe((400, 9104));
        House.Time.Advance(TimeSpan.FromMinutes(10));
        var share = (long)made2["id"]!;
        await House.CoolKit.Server.Service<ShareReview>().ReviewAsync(TestContext.Current.CancellationToken);
        (await RoleOfAsync(guest, made)).ShouldBeNull();
        (await guest.PutAsync($"/app/sharing/{share}?status=1")).Error.ShouldBe((400, 9094));
    }

    [Fact]
    public async Task A_code_is_looked_at_and_taken_by_whoever_shows_it_first()
    {
        var (owner, guest, made) = await HouseholdAsync();
        using var late = await House.PersonAsync();
        var made2 = await owner.PostAsync("/app/sharing", new JsonObject { ["type"] = 1, ["did"] = made.Device.Id });
        made2["id"].ShouldBeNull();
        var content = (string)made2["qr_content"]!;
        content.ShouldStartWith("type=share&code=");
        var path = $"/app/sharing/code/{content["type=share&code=".Length..]}";
        var shown = await guest.GetAsync(path);
        shown.Body.AsObject().Select(f => f.Key).ShouldBe(["owner", "product_name", "dev_alias", "expired_at"]);
        ((string)shown["owner"]!, (string)shown["product_name"]!).ShouldBe(((string)shown["owner"]!, "Lamp"));
        ((string)shown["owner"]!).ShouldContain("****");
        (await owner.GetAsync(path)).Error.ShouldBe((400, 9096));
        (await owner.PostAsync(path)).Error.ShouldBe((400, 9096));
        (await guest.PostAsync("/app/sharing/code/nothing")).Error.ShouldBe((404, 9084));
        (await guest.PostAsync(path)).Body.ToJsonString().ShouldBe("{}");
        (await RoleOfAsync(guest, made)).ShouldBe("guest");
        (await late.PostAsync(path)).Error.ShouldBe((404, 9084));
        var sent = (await owner.GetAsync("/app/sharing?sharing_type=0"))["objects"]!.AsArray().Single()!;
        ((int)sent["type"]!, (int)sent["status"]!).ShouldBe((1, 1));
        (await owner.DeleteAsync($"/app/sharing/{sent["id"]}")).Error.ShouldBe((404, 9084));

        var second = await owner.PostAsync("/app/sharing", new JsonObject { ["type"] = 1, ["did"] = made.Device.Id });
        path = $"/app/sharing/code/{((string)second["qr_content"]!)["type=share&code=".Length..]}";
        (await guest.PostAsync(path)).Error.ShouldBe((400, 9083));
        (await guest.PostAsync("/app/sharing", new JsonObject { ["type"] = 1, ["did"] = made.Device.Id })).Error.ShouldBe((400, 9081));
        House.Time.Advance(TimeSpan.FromMinutes(15));
        // Before it is swept away it is too old, after that it is gone.
        (await late.GetAsync(path)).Code.ShouldBeOneOf(9088, 9084);
    }

    [Fact]
    public async Task Each_of_the_two_calls_the_other_as_he_likes()
    {
        var (owner, guest, made) = await HouseholdAsync();
        var id = await InviteAsync(owner, guest, made);
        (await owner.PutAsync($"/app/sharing/{id}/alias?user_alias=Son")).Body.ToJsonString().ShouldBe("{}");
        (await guest.PutAsync($"/app/sharing/{id}/alias?user_alias=Mother")).Body.ToJsonString().ShouldBe("{}");
        ((string)(await owner.GetAsync("/app/sharing?sharing_type=0"))["objects"]![0]!["user_alias"]!).ShouldBe("Son");
        ((string)(await guest.GetAsync("/app/sharing?sharing_type=1"))["objects"]![0]!["user_alias"]!).ShouldBe("Mother");
        (await owner.PutAsync($"/app/sharing/{id}/alias")).Error.ShouldBe((400, 9015));
        (await owner.PutAsync($"/app/sharing/{id}/alias?user_alias={new string('x', 65)}")).Error.ShouldBe((400, 9015));
    }

    [Fact]
    public async Task A_device_is_handed_over_to_a_guest_and_everybody_else_loses_it()
    {
        var (owner, guest, made) = await HouseholdAsync();
        using var other = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        foreach (var person in new[] { guest, other }) (await person.PutAsync($"/app/sharing/{await InviteAsync(owner, person, made)}?status=1")).Code.ShouldBe(0);
        var path = $"/app/sharing/{made.Device.Id}/transfer";
        (await owner.PostAsync(path)).Error.ShouldBe((400, 9015));
        (await owner.PostAsync($"{path}?uid=nobody")).Error.ShouldBe((404, 9082));
        (await owner.PostAsync($"{path}?uid={owner.Uid}")).Error.ShouldBe((400, 9103));
        (await owner.PostAsync($"{path}?uid={stranger.Uid}")).Error.ShouldBe((400, 9102));
        (await guest.PostAsync($"{path}?uid={guest.Uid}")).Error.ShouldBe((400, 9093));
        (await stranger.PostAsync($"{path}?uid={guest.Uid}")).Error.ShouldBe((404, 9014));
        (await owner.PostAsync($"{path}?uid={guest.Uid}")).Body.ToJsonString().ShouldBe("{}");
        (await RoleOfAsync(guest, made)).ShouldBe("owner");
        (await RoleOfAsync(owner, made)).ShouldBeNull();
        (await RoleOfAsync(other, made)).ShouldBeNull();
    }

    private async Task<(GizwitsApp Owner, GizwitsApp Guest, MadeDevice Made)> HouseholdAsync()
    {
        var owner = await House.PersonAsync();
        return (owner, await House.PersonAsync(), await House.LampOfAsync(owner));
    }

    private static async Task<long> InviteAsync(GizwitsApp owner, GizwitsApp guest, MadeDevice made)
    {
        var answer = await CreateAsync(owner, made, ("uid", guest.Uid!));
        answer.Code.ShouldBe(0, answer.Body.ToJsonString());
        return (long)answer["id"]!;
    }

    private static Task<GizwitsAnswer> CreateAsync(GizwitsApp owner, MadeDevice made, params (string Name, string Value)[] named)
    {
        var body = new JsonObject { ["type"] = 0, ["did"] = made.Device.Id };
        foreach (var (name, value) in named) body[name] = value;
        return owner.PostAsync("/app/sharing", body);
    }

    private static async Task<string?> RoleOfAsync(GizwitsApp person, MadeDevice made) => (await person.GetAsync("/app/bindings"))["devices"]!.AsArray()
        .Where(d => (string)d!["did"]! == made.Device.Id).Select(d => (string?)d!["role"]).SingleOrDefault();
}
