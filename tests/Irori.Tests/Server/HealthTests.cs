using System.Net;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.States;
using Irori.Server.Health;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shouldly;

namespace Irori.Tests.Server;

public sealed class HealthTests
{
    private static readonly HttpClient Client = new(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseEngine.Sqlite)]
    [InlineData(DatabaseEngine.PostgreSql)]
    public async Task A_running_server_is_alive_and_ready_on_http_and_https(DatabaseEngine engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        foreach (var address in new[] { server.Http, server.Https })
        {
            var (alive, live) = await GetAsync(address, "live");
            (alive, (string?)live["state"]).ShouldBe((HttpStatusCode.OK, "alive"));
            var (status, ready) = await GetAsync(address, "ready");
            (status, (string?)ready["state"]).ShouldBe((HttpStatusCode.OK, "ready"), ready.ToJsonString());
            ready["checks"]!.AsArray().Select(c => ((string)c!["name"]!, (string)c["state"]!))
                .ShouldBe([("database", "ok"), ("lease", "ok"), ("draining", "ok"), ("disk", "ok")]);
        }
    }

    [Fact]
    public async Task A_node_that_takes_leave_is_alive_and_not_ready()
    {
        await using var server = await TestServer.StartAsync();

        await server.Service<Draining>().StoppingAsync(Cancel);

        await ShouldFailAsync(server, "draining", "stops");
        (await GetAsync(server.Http, "live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_node_whose_lease_is_over_is_not_ready()
    {
        var time = new JumpingTime();
        await using var server = await TestServer.StartAsync(
            settings: s => s with { Links = s.Links with { LeaseSeconds = 600 } }, options: new ServerOptions { Time = time });
        (await GetAsync(server.Http, "ready")).Status.ShouldBe(HttpStatusCode.OK);

        time.Jump(TimeSpan.FromSeconds(601));

        // The node has lived a moment before the jump.
        await ShouldFailAsync(server, "lease", "has not renewed its lease for 60");
    }

    [Fact]
    public async Task A_database_that_cannot_write_makes_the_node_not_ready_without_telling_why_to_strangers()
    {
        await using var server = await TestServer.StartAsync(options: new ServerOptions
        {
            Services = s => s.AddSingleton(new DatabaseCheck(new FakeDatabase(Task.FromException(new UnavailableException("Password=secret"))), TimeProvider.System)),
        });

        await ShouldFailAsync(server, "database", "cannot make a change durable");
    }

    [Fact]
    public async Task A_database_that_hangs_fails_within_the_limit_and_is_not_asked_twice()
    {
        var database = new FakeDatabase(new TaskCompletionSource().Task);
        var check = new DatabaseCheck(database, TimeProvider.System);

        (await check.CheckHealthAsync(new HealthCheckContext(), Cancel)).Description!.ShouldContain("within 2 s");
        (await check.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status.ShouldBe(HealthStatus.Unhealthy);

        database.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Many_probes_within_a_second_check_once()
    {
        var time = new JumpingTime();
        var asked = 0;
        await using var server = await TestServer.StartAsync(options: new ServerOptions
        {
            Time = time,
            Services = s => s.AddHealthChecks().AddCheck("counted", () =>
            {
                Interlocked.Increment(ref asked);
                return HealthCheckResult.Healthy();
            }),
        });
        var readiness = server.Service<Readiness>();

        var first = readiness.CheckAsync();
        (await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => readiness.CheckAsync()))).ShouldAllBe(r => ReferenceEquals(r, first.GetAwaiter().GetResult()));
        asked.ShouldBe(1);
        time.Jump(Readiness.Fresh);
        await readiness.CheckAsync();
        asked.ShouldBe(2);
    }

    [Theory]
    [InlineData(5L, 100L, false, false, false)]
    [InlineData(4L, 100L, false, false, true)]
    [InlineData(5L, 100L, false, true, true)]
    [InlineData(6L, 100L, false, true, false)]
    [InlineData(90L, 100L, true, false, true)]
    [InlineData(null, null, false, false, false)]
    [InlineData(null, null, true, false, true)]
    public void Reports_stop_below_five_percent_of_free_space_or_when_the_engine_refuses_and_begin_again_at_six(
        long? free, long? total, bool refused, bool closed, bool expected) =>
        DiskWatch.IsShort(new StorageRoom(free, total, refused, null), closed).ShouldBe(expected);

    private static async Task ShouldFailAsync(TestServer server, string check, string sentence)
    {
        var (status, body) = await GetAsync(server.Http, "ready");
        (status, (string?)body["state"]).ShouldBe((HttpStatusCode.ServiceUnavailable, "notReady"));
        var failing = body["checks"]!.AsArray().Where(c => (string?)c!["state"] == "failing").ShouldHaveSingleItem()!;
        ((string?)failing["name"]).ShouldBe(check);
        ((string?)failing["sentence"])!.ShouldContain(sentence);
        body.ToJsonString().ShouldNotContain("secret");
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(Uri server, string probe)
    {
        using var answer = await Client.GetAsync(new Uri(server, $"/health/{probe}"), Cancel);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }

    private sealed class FakeDatabase(Task answer) : IDatabase
    {
        public int Asked { get; private set; }

        public Task CheckAsync(CancellationToken cancel)
        {
            Asked++;
            return answer;
        }

        public Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel) => throw new NotSupportedException();

        public Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel) => throw new NotSupportedException();
    }
}
