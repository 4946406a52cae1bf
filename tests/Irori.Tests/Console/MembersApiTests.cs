using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>The people of a home: invited, removed, leaving.</summary>
public sealed class MembersApiTests : IAsyncLifetime
{
    private readonly ConsoleHouse _house = new();

    private string Members => $"homes/{_house.Home.Id}/members";

    public ValueTask InitializeAsync() => _house.InitializeAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Somebody_is_invited_accepts_uses_the_home_and_leaves()
    {
        var (owner, friend) = (await _house.SignInAsync(Owner), await _house.SignInAsync(Stranger));
        (await GetAsync(owner, Members)).Body["members"]!.AsArray().ShouldBeEmpty();

        (await InviteAsync(owner, Stranger)).Status.ShouldBe(HttpStatusCode.OK);

        var sent = (await GetAsync(owner, Members)).Body["invitations"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)sent["home"]!, (string)sent["login"]!).ShouldBe(("Garden House", Stranger));
        ((long)sent["until"]! - (long)sent["created"]!).ShouldBe((long)TimeSpan.FromDays(7).TotalMilliseconds);
        var got = (await GetAsync(friend, "invitations")).Body["invitations"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)got["id"]!, (string)got["home"]!, (string)got["name"]!, (string)got["login"]!).ShouldBe(((string)sent["id"]!, "Garden House", "Ada", Owner));
        (await GetAsync(owner, "invitations")).Body["invitations"]!.AsArray().ShouldBeEmpty();
        (await GetAsync(friend, Members)).Status.ShouldBe(HttpStatusCode.NotFound);

        (await AnswerAsync(friend, got, accept: true)).Status.ShouldBe(HttpStatusCode.OK);

        var homes = (await GetAsync(friend, "homes")).Body["homes"]!.AsArray();
        homes.Select(h => ((string)h!["name"]!, (string)h["role"]!)).ShouldBe([("My Home", "owner"), ("Garden House", "member")]);
        var devices = (await GetAsync(friend, $"homes/{_house.Home.Id}/devices")).Body["devices"]!.AsArray();
        devices.Select(d => ((string)d!["id"]!, (string?)d["roomId"])).ShouldBe([(Lamp, _house.Home.Rooms[0].Id), (Meter, _house.Home.Rooms[1].Id), (Fan, null)]);
        var seen = (await GetAsync(friend, Members)).Body;
        ((string)seen["role"]!, (string)seen["owner"]!["name"]!, (string)seen["owner"]!["login"]!).ShouldBe(("member", "Ada", Owner));
        seen["members"]!.AsArray().ShouldHaveSingleItem();
        var member = (await GetAsync(owner, Members)).Body["members"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)member["login"]!, (long)member["since"]! > (long)sent["created"]! - 1).ShouldBe((Stranger, true));

        (await DeleteAsync(friend, $"homes/{_house.Home.Id}/membership")).Status.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(friend, $"devices/{Lamp}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(friend, Members)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(owner, Members)).Body["members"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_invitation_is_refused_or_withdrawn_and_a_member_removed()
    {
        var (owner, friend) = (await _house.SignInAsync(Owner), await _house.SignInAsync(Stranger));
        await InviteAsync(owner, Stranger);
        (await AnswerAsync(friend, await InvitationAsync(friend), accept: false)).Status.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(owner, Members)).Body["invitations"]!.AsArray().ShouldBeEmpty();

        await InviteAsync(owner, Stranger);
        var second = await InvitationAsync(friend);
        (await DeleteAsync(owner, $"invitations/{(string)second["id"]!}")).Status.ShouldBe(HttpStatusCode.OK);
        var late = await AnswerAsync(friend, second, accept: true);
        (late.Status, late.Kind).ShouldBe((HttpStatusCode.Conflict, "conflict"));

        await InviteAsync(owner, Stranger);
        await AnswerAsync(friend, await InvitationAsync(friend), accept: true);
        var account = (string)(await GetAsync(owner, Members)).Body["members"]![0]!["id"]!;
        (await DeleteAsync(friend, $"{Members}/{account}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await InviteAsync(friend, Owner)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await DeleteAsync(owner, $"homes/{_house.Home.Id}/membership")).Status.ShouldBe(HttpStatusCode.Forbidden);
        var again = await InviteAsync(owner, Stranger);
        (again.Status, again.Kind, again.Field).ShouldBe((HttpStatusCode.Conflict, "conflict", "receiver"));
        (await DeleteAsync(owner, $"{Members}/{account}")).Status.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(friend, $"devices/{Lamp}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_stranger_asks_of_a_home_looks_as_if_it_did_not_exist()
    {
        var (owner, stranger) = (await _house.SignInAsync(Owner), await _house.SignInAsync(Stranger));
        await InviteAsync(owner, Stranger);
        var share = (string)(await InvitationAsync(stranger))["id"]!;
        const string Absent = "0123456789abcdef01234567";
        var me = (string)(await GetAsync(owner, "session")).Body["id"]!;
        foreach (var (mine, absent, ask) in new (string, string, Func<string, Task<ConsoleReply>>)[]
        {
            (Members, $"homes/{Absent}/members", path => GetAsync(stranger, path)),
            (Members, $"homes/{Absent}/members", path => PostAsync(stranger, path, """{"login":"a@example.com"}""")),
            ($"{Members}/{me}", $"homes/{Absent}/members/{me}", path => DeleteAsync(stranger, path)),
            ($"homes/{_house.Home.Id}/membership", $"homes/{Absent}/membership", path => DeleteAsync(stranger, path)),
            ($"invitations/{share}", "invitations/999999", path => DeleteAsync(stranger, path)),
            ($"invitations/{share}", "invitations/x", path => PostAsync(owner, path, """{"accept":true}""")),
        })
        {
            var reply = await ask(mine);
            (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.NotFound, "notFound"), mine);
            reply.Body.ToJsonString().ShouldBe((await ask(absent)).Body.ToJsonString());
        }
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "invalid", "login")]
    [InlineData("""{"login":""}""", HttpStatusCode.BadRequest, "invalid", "login")]
    [InlineData("""{"login":"who"}""", HttpStatusCode.BadRequest, "invalid", "login")]
    [InlineData("""{"login":7}""", HttpStatusCode.BadRequest, "invalid", "login")]
    [InlineData("""{"login":"owner@example.com"}""", HttpStatusCode.BadRequest, "invalid", "receiver")]
    [InlineData("""{"login":"nobody@example.com"}""", HttpStatusCode.NotFound, "noSuchAccount", "receiver")]
    public async Task Whom_an_owner_cannot_invite_is_named(string body, HttpStatusCode status, string kind, string field)
    {
        var reply = await PostAsync(await _house.SignInAsync(Owner), Members, body);

        (reply.Status, reply.Kind, reply.Field).ShouldBe((status, kind, field));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"accept":null}""")]
    [InlineData("""{"accept":"yes"}""")]
    public async Task An_answer_is_yes_or_no(string body)
    {
        var reply = await PostAsync(await _house.SignInAsync(Stranger), "invitations/1", body);

        (reply.Status, reply.Kind, reply.Field).ShouldBe((HttpStatusCode.BadRequest, "invalid", "accept"));
    }

    private Task<ConsoleReply> InviteAsync(HttpClient client, string login) => PostAsync(client, Members, new JsonObject { ["login"] = login });

    private static async Task<JsonNode> InvitationAsync(HttpClient client) => (await GetAsync(client, "invitations")).Body["invitations"]!.AsArray().ShouldHaveSingleItem()!;

    private static Task<ConsoleReply> AnswerAsync(HttpClient client, JsonNode invitation, bool accept) =>
        PostAsync(client, $"invitations/{(string)invitation["id"]!}", new JsonObject { ["accept"] = accept });
}
