using System.Text.Json.Nodes;
using Irori.Simulator;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Irori.Tests.Simulator;

/// <summary>How a device finds its server, registers and comes back.</summary>
public sealed class ConnectionTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_asks_for_its_server_and_registers_with_its_factory_key()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);

        var register = await (await server.NextLinkAsync()).NextAsync("register");

        var dispatch = server.Dispatches.ShouldHaveSingleItem();
        foreach (var said in new[] { dispatch, register })
        {
            ((string?)said["deviceid"]).ShouldBe(RunningSimulation.Id);
            ((string?)said["apikey"]).ShouldBe(RunningSimulation.Key);
            ((int?)said["version"]).ShouldBe(8);
            ((string?)said["model"]).ShouldBe("PSC-B01-GL");
            ((string?)said["romVersion"]).ShouldBe("1.8.1");
            said["ts"].ShouldNotBeNull();
        }

        ((string?)dispatch["accept"]).ShouldBe("ws;2");
        ((string?)register["userAgent"]).ShouldBe("device");
        ((string?)register["chipid"]).ShouldBe("A1B2C3");
        ((long?)register["d_seq"] / 1_000_000_000_000).ShouldBe(1);
    }

    [Fact]
    public async Task A_device_that_is_not_added_yet_registers_again_on_the_same_connection()
    {
        await using var server = await ScriptedServer.StartAsync();
        JsonObject NotBound(JsonObject f) => ScriptedServer.Answer(f, 404, new JsonObject { ["regInterval"] = 0.03 });
        server.Script("register", NotBound, NotBound);
        await using var run = RunningSimulation.Start(server);

        var link = await server.NextLinkAsync();
        var numbers = new List<long>();
        for (var i = 0; i < 3; i++) numbers.Add((long)(await link.NextAsync("register"))["d_seq"]!);
        await run.OnlineAsync();

        numbers.ShouldBe(numbers.Order().Distinct());
        server.Dispatches.Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_registration_the_device_shows_the_key_of_its_owner()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);

        var link = await server.NextLinkAsync();

        ((string?)(await link.NextAsync("update"))["apikey"]).ShouldBe(ScriptedServer.Owner);
    }

    [Fact]
    public async Task A_forbidden_device_waits_long_and_any_other_refusal_is_tried_again_soon()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script("register", f => ScriptedServer.Answer(f, 403));
        await using (RunningSimulation.Start(server, options: o => o with { FirstRetry = Hour, LastRetry = Hour, ForbiddenRetry = Soon }))
        {
            await server.NextLinkAsync();
            await server.NextLinkAsync();
        }

        server.Script("register", f => ScriptedServer.Answer(f, 500), f => ScriptedServer.Answer(f, 400));
        await using var run = RunningSimulation.Start(server, options: o => o with { ForbiddenRetry = Hour });
        await run.OnlineAsync();
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"error":500,"reason":"down"}""")]
    [InlineData(200, """{"error":0,"IP":"a b","port":443}""")]
    [InlineData(200, """{"error":0,"IP":"127.0.0.1","port":70000}""")]
    [InlineData(200, """{"error":0,"IP":"127.0.0.1","port":1}""")]
    [InlineData(200, """{"error":"0","IP":"127.0.0.1","port":1}""")]
    public async Task A_bad_answer_to_dispatch_is_asked_for_again(int status, string body)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Dispatch = async context =>
        {
            server.Dispatch = null;
            context.Response.StatusCode = status;
            await ScriptedServer.WriteAsync(context, body);
        };
        await using var run = RunningSimulation.Start(server);

        await run.OnlineAsync();

        server.Dispatches.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_device_comes_back_when_the_server_closes_and_says_its_whole_state_again()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var first = await server.NextLinkAsync();

        await first.CloseAsync();

        var second = await server.NextLinkAsync();
        await second.NextAsync("register");
        (await second.NextAsync("update"))["params"]!.AsObject().Count.ShouldBe(4);
        await run.OnlineAsync();
    }

    [Fact]
    public async Task A_device_comes_back_when_the_connection_breaks()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();

        (await server.NextLinkAsync()).Abort();

        await (await server.NextLinkAsync()).NextAsync("update");
    }

    [Fact]
    public async Task The_heartbeat_follows_the_interval_and_a_dead_server_is_left()
    {
        await using var server = await ScriptedServer.StartAsync();
        var deaf = true;
        server.Reply = frame => (string?)frame["action"] switch
        {
            "register" => ScriptedServer.Answer(frame, 0, new JsonObject { ["hbInterval"] = 0.09 }),
            "date" when deaf => null,
            _ => ScriptedServer.Accept(frame),
        };
        await using var run = RunningSimulation.Start(server, options: o => o with { ReplyTimeout = TimeSpan.FromMilliseconds(300) });
        var first = await server.NextLinkAsync();
        await first.NextAsync("date");
        await first.EndAsync();
        deaf = false;

        var second = await server.NextLinkAsync();
        await second.NextAsync("date");
        await second.NextAsync("date");
    }

    [Fact]
    public async Task An_unplugged_device_is_gone_and_comes_back_as_startup_says()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        await link.CommandAsync("1", """{"startup":"on"}""");
        await link.NextAnswerAsync();

        run.Device.Unplug();
        await link.EndAsync();

        run.Device.Online.ShouldBeFalse();
        await run.Device.PressAsync(Cancel);
        ((string?)run.Device.State["switch"]).ShouldBe("off", "a button without power does nothing");
        run.Device.Plug();
        ((string?)(await (await server.NextLinkAsync()).NextAsync("update"))["params"]!["switch"]).ShouldBe("on");
        await run.OnlineAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_https_the_device_dials_wss_and_checks_the_certificate_unless_told_otherwise(bool trust)
    {
        await using var server = await ScriptedServer.StartAsync(secure: true);
        await using var run = RunningSimulation.Start(server, options: o => o with { TrustAnyCertificate = trust });

        if (trust) await run.OnlineAsync();
        else await Should.ThrowAsync<TimeoutException>(run.Device.WaitOnlineAsync(Cancel).WaitAsync(TimeSpan.FromMilliseconds(300), Cancel));

        server.Dispatches.IsEmpty.ShouldBe(!trust);
    }

    [Fact]
    public async Task Hundreds_of_devices_come_online_with_few_dialling_at_one_time()
    {
        const int Count = 300;
        await using var server = await ScriptedServer.StartAsync();
        var dialling = 0;
        var most = 0;
        server.Dispatch = async context =>
        {
            most = Math.Max(most, Interlocked.Increment(ref dialling));
            await Task.Yield();
            Interlocked.Decrement(ref dialling);
            await ScriptedServer.WriteAsync(context, $$"""{"error":0,"reason":"ok","IP":"127.0.0.1","port":{{server.Address.Port}}}""");
        };
        var plans = Enumerable.Range(1, Count).Select(n => new DevicePlan($"{1000000000 + n}", $"key-{n}", (DeviceKind)(n % 4))).ToList();
        var simulation = new Simulation(
            new SimulationOptions { Server = server.Address, MaxDialling = 8 }, plans, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = simulation.RunAsync(stop.Token);

        await Task.WhenAll(simulation.Devices.Select(d => d.WaitOnlineAsync(Cancel))).WaitAsync(ScriptedLink.Patient, Cancel);

        most.ShouldBeInRange(1, 8);
        await stop.CancelAsync();
        await running.WaitAsync(ScriptedLink.Patient, Cancel);
    }
}
