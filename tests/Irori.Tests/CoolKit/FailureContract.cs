using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit.Wire;
using Irori.Server.Hosting;
using Irori.Storage;
using Irori.Tests.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>
/// What breaks inside is answered with the documented code, is logged, and changes nothing: every operation of v2 and v1 over HTTP, and every frame
/// of the long connection.
/// </summary>
public abstract class FailureContract(FaultyHouse fixture)
{
    private static readonly Func<Exception>[] Failures = [() => new UnavailableException("The test has pulled the plug"), () => new InvalidOperationException("The test has found a bug")];

    // What they write is what became of a command that was sent; they have a test of their own.
    private static readonly string[] Commands = ["updateThingStatus", "batchUpdateThingStatus", "updateDeviceStatusV1"];

    private CoolKitHouse House { get; } = fixture.House;

    private FaultyDatabase Database { get; } = (FaultyDatabase)fixture.House.Server.Service<IDatabase>();

    private LogLines Log => fixture.Log;

    public static TheoryData<string> Operations => [.. Operation.All.Keys];

    public static TheoryData<string> ChangingOperations => [.. Operation.All.Keys.Where(o => !Commands.Contains(o))];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_that_cannot_read_answers_so_and_the_log_knows_why(string id)
    {
        var operation = Operation.All[id];
        using var app = await House.PersonAsync();
        foreach (var failure in Failures)
        {
            var logged = Log.All.Count;
            Database.Reads = failure;
            var answer = await operation.SendAsync(app, operation.Sample());
            Database.Reads = null;
            operation.ErrorOf(answer).ShouldBe(500, answer.ToJsonString());
            operation.ReasonOf(answer).ShouldNotBeEmpty();
            IsLogged(logged, failure() is UnavailableException ? "Warning" : "Error", id, failure().Message);
        }

        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(ChangingOperations))]
    public async Task An_operation_that_cannot_commit_changes_nothing_answers_so_and_can_be_said_again(string id)
    {
        var operation = Operation.All[id];
        var info = House.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<OperationInfo>()).Single(i => i?.Name == id)!;
        using var app = await House.PersonAsync();
        using var second = await House.SignInAsync(app.Email);
        var requests = await Requests.FillAsync(House, app, (_, _) => { }, ends: true);
        await using var lamp = await House.ConnectAsync(requests.Lamp);
        await using var socket = await AppSocket.ConnectAsync(House, second);
        await socket.UntilPongAsync();
        var call = await requests.CallAsync(info, app, app.Email, owns: true);
        var before = await SnapshotAsync(second);

        // Its first write fails, then its second, and so on, until all of them succeed.
        var (done, answer) = (false, new JsonObject());
        for (var spared = 0; !done; spared++)
        {
            spared.ShouldBeLessThan(10);
            foreach (var failure in Failures)
            {
                var (logged, sent) = (Log.All.Count, LastSent());
                (Database.Spared, Database.Begun, Database.Writes) = (spared, 0, failure);
                answer = await app.SendAsync(call);
                Database.Writes = null;
                done = Database.Begun <= spared;
                if (done) break;
                operation.ErrorOf(answer).ShouldBe(500, $"{spared} {failure().Message} {answer.ToJsonString()}");
                IsLogged(logged, "", id, failure() is UnavailableException ? "" : failure().Message);
                (await SnapshotAsync(second)).ShouldBe(before);
                LastSent().ShouldBe(sent, "no code was sent");
                // That the lamp has come may be told late.
                (await socket.UntilPongAsync()).Where(f => (string?)f["action"] != "sysmsg").ShouldBeEmpty();
                await lamp.Socket.SendAsync("""{"action":"date","d_seq":1}""");
                (await lamp.Socket.ReceiveAsync())["date"].ShouldNotBeNull();
            }
        }

        operation.ErrorOf(answer).ShouldBe(0, answer.ToJsonString());
    }

    [Fact]
    public async Task A_first_home_that_cannot_be_made_has_a_code_of_its_own()
    {
        using var app = await House.PersonAsync();
        Database.Writes = Failures[0];
        var refused = await app.GetAsync("/v2/family");
        Database.Writes = null;
        refused.Error().ShouldBe(20001, refused.ToJsonString());
        (await app.GetAsync("/v2/family"))["data"]!["familyList"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("updateThingStatus", 4002)]
    [InlineData("updateDeviceStatusV1", 504)]
    [InlineData("ws", 504)]
    public async Task A_command_whose_outcome_cannot_be_committed_has_no_known_outcome(string how, int code)
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        await socket.ReceiveAsync(f => (string?)f["params"]?["switch"] == "off");
        foreach (var failure in Failures)
        {
            Database.Writes = failure;
            (Database.Spared, Database.Begun) = (0, 0);
            var sending = SendAsync();
            await lamp.ObeyAsync();
            var error = await sending;
            Database.Writes = null;
            error.ShouldBe(failure() is UnavailableException ? code : 500);
            (await socket.UntilPongAsync()).Where(f => (string?)f["action"] != "sysmsg").ShouldBeEmpty();
            (await StateAsync(app, made)).ShouldBe("""{"switch":"off"}""");
        }

        var again = SendAsync();
        await lamp.ObeyAsync();
        (await again).ShouldBe(0);
        (await StateAsync(app, made)).ShouldBe("""{"switch":"on"}""");

        async Task<int> SendAsync()
        {
            var values = new JsonObject { ["switch"] = "on" };
            return how switch
            {
                "ws" => (await socket.AskAsync(AppSocket.Update(app, made.Device.Id, values))).Error(),
                "updateThingStatus" => (await app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = made.Device.Id, ["params"] = values })).Error(),
                _ => (await app.PostAsync("/api/user/device/status", new JsonObject { ["deviceid"] = made.Device.Id, ["params"] = values })).Error(),
            };
        }
    }

    [Fact]
    public async Task A_frame_of_an_app_that_cannot_be_carried_out_is_answered_and_the_connection_lives()
    {
        using var app = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        var made = await House.AddAsync(app);
        (await app.PostAsync("/v2/device/share", new JsonObject
        {
            ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = friend.Email }, ["permit"] = 3,
        })).Error().ShouldBe(0);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await using var friendSocket = await AppSocket.ConnectAsync(House, friend);
        var schemas = AsyncApi.Of(TestSocket.Document).AskedOn("app").Keys.Where(n => n != "userOnline").ToList();
        foreach (var name in schemas)
        {
            foreach (var failure in Failures)
            {
                var logged = Log.All.Count;
                // Sharing reads within its writes.
                (Database.Reads, Database.Writes, Database.Spared, Database.Begun) = (failure, failure, 0, 0);
                var answer = await socket.AskAsync(Frame(name));
                (Database.Reads, Database.Writes) = (null, null);
                answer.Error().ShouldBe(500, $"{name} {answer.ToJsonString()}");
                ((string)answer["reason"]!).ShouldNotBeEmpty();
                IsLogged(logged, "", "A frame of an app", "");
                (await socket.UntilPongAsync()).ShouldBeEmpty();
                (await friendSocket.UntilPongAsync()).ShouldBeEmpty();
            }
        }

        (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
        ((int)(await friend.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray().ShouldHaveSingleItem()!["itemData"]!["sharedBy"]!["permit"]!).ShouldBe(3);
        (await socket.AskAsync(AppSocket.Query(app, made.Device.Id))).Error().ShouldBe(0);

        JsonObject Frame(string action) => new()
        {
            ["action"] = action, ["deviceid"] = made.Device.Id, ["apikey"] = app.Apikey, ["sequence"] = AppSocket.NextSequence(),
            ["params"] = action switch
            {
                "query" => new JsonArray(),
                "upgrade" => new JsonObject
                {
                    ["model"] = "x", ["version"] = "1", ["binList"] = new JsonArray(new JsonObject { ["downloadUrl"] = "http://127.0.0.1/x", ["digest"] = "x", ["name"] = "x" }),
                },
                "update" => new JsonObject { ["switch"] = "on" },
                _ => new JsonObject { ["uid"] = friend.Email, ["permit"] = 1 },
            },
        };
    }

    [Fact]
    public async Task A_handshake_that_cannot_be_checked_says_so_and_ends()
    {
        using var app = await House.PersonAsync();
        foreach (var failure in Failures)
        {
            var logged = Log.All.Count;
            await using var socket = await TestSocket.OpenAsync(House.Server.Http);
            Database.Reads = failure;
            await socket.SendAsync(AppSocket.Handshake(app));
            var answer = await socket.ReceiveAsync();
            Database.Reads = null;
            (answer.Error(), (string)answer["actionName"]!).ShouldBe((500, "userOnline"));
            (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
            IsLogged(logged, "", "A handshake", failure().Message);
        }

        await using var again = await AppSocket.ConnectAsync(House, app);
    }

    [Fact]
    public async Task A_device_that_cannot_be_registered_now_is_asked_to_come_back()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), made.Device.Id, made.Key);
        Database.Reads = Failures[0];
        var unknown = await lamp.RegisterAsync();
        (Database.Reads, Database.Links) = (null, Failures[0]);
        var unopened = await lamp.RegisterAsync();
        Database.Links = null;
        foreach (var answer in new[] { unknown, unopened })
            (answer.Error(), (string)answer["actionName"]!, (int)answer["config"]!["regInterval"]! > 0).ShouldBe((500, "register", true));
        (await lamp.RegisterAsync()).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_report_that_cannot_be_committed_is_not_acknowledged_and_counts_when_it_comes_again()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await socket.UntilPongAsync();
        var number = CoolKitDevice.NextSequence();
        foreach (var failure in Failures)
        {
            var logged = Log.All.Count;
            (Database.Reads, Database.Writes, Database.Spared) = (failure, failure, 0);
            var refused = await lamp.ReportAsync(new JsonObject { ["switch"] = "on" }, number);
            await lamp.Socket.SendAsync("""{"action":"query","d_seq":7,"params":[]}""");
            var unread = await lamp.Socket.ReceiveAsync();
            (Database.Reads, Database.Writes) = (null, null);
            (refused.Error(), unread.Error()).ShouldBe((500, 500));
            if (failure() is not UnavailableException) IsLogged(logged, "Error", made.Device.Id, failure().Message);
            (await socket.UntilPongAsync()).Where(f => (string?)f["action"] != "sysmsg").ShouldBeEmpty();
            (await StateAsync(app, made)).ShouldBe("{}");
        }

        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" }, number)).Error().ShouldBe(0);
        (await StateAsync(app, made)).ShouldBe("""{"switch":"on"}""");
    }

    [Fact]
    public async Task An_app_that_asks_where_to_connect_is_told_that_nobody_knows_him_now()
    {
        using var app = await House.PersonAsync();
        foreach (var failure in Failures)
        {
            Database.Reads = failure;
            var answer = await app.PostAsync("/dispatch/app", new JsonObject());
            Database.Reads = null;
            (answer.Error(), answer.Count).ShouldBe((500, 2));
        }
    }

    [Fact]
    public async Task A_code_that_cannot_be_sent_is_another_failure_than_one_that_cannot_be_kept()
    {
        await using var house = await CoolKitHouse.StartAsync(
            fixture.Engine, options: HouseFixture.Options() with { Services = s => s.AddSingleton<IPasswordHasher, QuickHasher>().Replace(ServiceDescriptor.Singleton<ICodeSender, NoSender>()) });
        using var app = house.App();
        (await app.SignedAsync("/v2/user/verification-code", new JsonObject { ["type"] = 0, ["email"] = house.NewEmail() })).Error().ShouldBe(500);
        (await new V1App(app).SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0", ["email"] = house.NewEmail() })).Error().ShouldBe(504);
    }

    private long LastSent() => House.Server.Outbox.Newest(1) is [var sent] ? sent.Id : 0;

    private static async Task<string> StateAsync(CoolKitApp app, MadeDevice made) =>
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}"))["data"]!["params"]!.ToJsonString();

    // What a person sees of himself.
    private static async Task<string> SnapshotAsync(CoolKitApp app)
    {
        var text = new StringBuilder();
        foreach (var path in new[] { "/v2/user/profile", "/v2/family", "/v2/device/thing?num=0", "/v2/device/group", "/v2/message/read", "/api/user/device?getTags=1", "/api/group" })
            text.AppendLine((await app.GetAsync(path)).ToJsonString());
        return text.ToString();
    }

    private void IsLogged(int before, params string[] parts) =>
        Log.All.Skip(before).ShouldContain(line => parts.All(p => line.Contains(p, StringComparison.Ordinal)), string.Join('\n', Log.All.Skip(before)));

    private sealed class NoSender : ICodeSender
    {
        public Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel) =>
            Task.FromResult<Result<Done>>(new Fault(FaultKind.Unavailable, "The post is closed"));
    }
}

/// <summary>A house whose database fails when a test says so.</summary>
public abstract class FaultyHouse(DatabaseEngine engine) : HouseFixture(engine)
{
    internal LogLines Log { get; } = new();

    internal override ServerOptions OwnOptions()
    {
        var options = base.OwnOptions();
        return options with
        {
            Log = Log.Options.Log,
            Services = services =>
            {
                options.Services!(services);
                var database = (IDatabase)services.Single(s => s.ServiceType == typeof(IDatabase)).ImplementationInstance!;
                var faulty = new FaultyDatabase(database);
                services.Replace(ServiceDescriptor.Singleton<IDatabase>(faulty)).AddSingleton<IStartupFilter>(faulty);
            },
        };
    }
}

public sealed class FaultySqliteHouse() : FaultyHouse(DatabaseEngine.Sqlite);

public sealed class FaultyPostgresHouse() : FaultyHouse(DatabaseEngine.PostgreSql);
