using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Commands;
using Irori.Server.Metrics;
using Irori.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.Server;

public sealed partial class MetricsTests
{
    private const string Token = "a-token-of-24-characters";
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_is_well_formed_and_tells_what_has_happened()
    {
        await using var server = await StartAsync();
        IroriMeter.CommandEnded(CommandOutcome.Rejected, TimeSpan.FromMilliseconds(20));
        await server.Service<AccountService>().SendCodeAsync(Login.Email("new@example.com").Value, CodePurpose.Register, Cancel);
        await GetAsync(server, Token);

        var (status, type, page) = await GetAsync(server, Token);

        (status, type).ShouldBe((HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8"));
        page.ShouldEndWith("\n");
        page.Split('\n')[..^1].ShouldAllBe(line => Line().IsMatch(line));
        var types = TypeLine().Matches(page).Select(m => m.Groups[1].Value).ToList();
        types.ShouldBeUnique();
        Samples(page).Select(s => Family(s.Name, types)).ShouldAllBe(f => f != null);
        Samples(page).Select(s => s.Name + s.Labels).ShouldBeUnique();
        Value(page, "irori_links").ShouldBe(0);
        Value(page, "irori_lease_age_seconds").ShouldBeLessThan(15);
        Value(page, "irori_commands_total", "{outcome=\"Rejected\"}").ShouldBeGreaterThanOrEqualTo(1);
        Value(page, "irori_codes_total", "{outcome=\"Sent\"}").ShouldBeGreaterThanOrEqualTo(1);
        Value(page, "irori_commit_size_count").ShouldBeGreaterThanOrEqualTo(1);
        page.ShouldContain("http_server_request_duration_seconds_bucket{");
        page.ShouldContain("kestrel_active_connections{");
        page.ShouldContain("dotnet_process_memory_working_set_bytes ");
    }

    [Fact]
    public async Task The_page_needs_the_token()
    {
        await using var server = await StartAsync();

        foreach (var wrong in new[] { null, "", "another-token-of-24-char", Token + "x" })
        {
            var (status, _, body) = await GetAsync(server, wrong);
            status.ShouldBe(HttpStatusCode.Unauthorized);
            body.ShouldContain("unauthorized");
            body.ShouldNotContain("irori_");
        }
    }

    [Fact]
    public async Task Without_a_configured_token_there_is_no_page()
    {
        await using var server = await TestServer.StartAsync();

        (await GetAsync(server, "")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void Buckets_are_cumulative_and_end_with_the_count()
    {
        using var meters = new Meters();
        using var collector = new MetricsCollector(meters.Factory);
        var histogram = meters.Meter.CreateHistogram<int>("test.size", "By", "Sizes\nof \"things\"", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10] });
        foreach (var value in new[] { 1, 5, 10, 11 }) histogram.Record(value);

        var page = Page(collector, "test_size_bytes");

        page.ShouldBe(
            """
            # HELP test_size_bytes Sizes\nof "things"
            # TYPE test_size_bytes histogram
            test_size_bytes_bucket{le="1"} 1
            test_size_bytes_bucket{le="10"} 3
            test_size_bytes_bucket{le="+Inf"} 4
            test_size_bytes_sum 27
            test_size_bytes_count 4
            """);
    }

    [Fact]
    public void Labels_are_escaped_and_their_order_does_not_matter()
    {
        using var meters = new Meters();
        using var collector = new MetricsCollector(meters.Factory);
        var counter = meters.Meter.CreateCounter<long>("test.count");
        counter.Add(1, new("b.c", "line\nbreak \"quoted\" back\\slash"), new("a", true));
        counter.Add(2, new("a", true), new("b.c", "line\nbreak \"quoted\" back\\slash"));

        Page(collector, "test_count_total{").ShouldBe("""test_count_total{a="true",b_c="line\nbreak \"quoted\" back\\slash"} 3""");
    }

    [Fact]
    public void A_flood_of_labels_ends_in_one_series()
    {
        using var meters = new Meters();
        using var collector = new MetricsCollector(meters.Factory);
        var counter = meters.Meter.CreateCounter<long>("test.flood");
        for (var i = 0; i < Measured.MaxSeries + 500; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        counter.Add(1, new KeyValuePair<string, object?>("id", 0));

        var samples = Samples(Page(collector, "test_flood_total{")).ToList();

        samples.Count.ShouldBe(Measured.MaxSeries + 1);
        samples.Single(s => s.Labels == "{otel_metric_overflow=\"true\"}").Value.ShouldBe(500);
        samples.Single(s => s.Labels == "{id=\"0\"}").Value.ShouldBe(2);
    }

    [Fact]
    public void What_is_no_longer_observed_is_no_longer_shown()
    {
        using var meters = new Meters();
        using var collector = new MetricsCollector(meters.Factory);
        var seen = new List<Measurement<double>> { new(1, new KeyValuePair<string, object?>("id", "a")) };
        meters.Meter.CreateObservableGauge("test.seen", () => seen);

        Page(collector, "test_seen{").ShouldBe("test_seen{id=\"a\"} 1");
        seen[0] = new(2, new KeyValuePair<string, object?>("id", "b"));
        Page(collector, "test_seen{").ShouldBe("test_seen{id=\"b\"} 2");
    }

    [Fact]
    public async Task A_collector_gets_what_was_measured_when_the_server_stops()
    {
        var got = new TaskCompletionSource<(string Path, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/{**path}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, Cancel);
            got.TrySetResult((context.Request.Path, body.ToArray()));
        });
        await collector.StartAsync(Cancel);
        var server = await TestServer.StartAsync(settings: s => s with { Metrics = new MetricsSection { Otlp = collector.Urls.Single() } });

        await server.Service<IDatabase>().CheckAsync(Cancel);
        await server.DisposeAsync();

        var (path, sent) = await got.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        path.ShouldBe("/v1/metrics");
        var text = System.Text.Encoding.Latin1.GetString(sent);
        foreach (var name in new[] { "irori.lease.age", "irori.commit.duration", "service.instance.id" }) text.ShouldContain(name);
    }

    [Fact]
    public async Task The_operations_page_lists_every_metric_and_no_other()
    {
        await using var server = await StartAsync();
        await GetAsync(server, Token);
        var meters = server.Service<IMeterFactory>();
        var published = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (MetricsCollector.Belongs(instrument, meters)) published.Add(PrometheusText.Name(new Measured(instrument)));
            },
        };
        listener.Start();

        var documented = DocumentedMetric().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Cancel)).Select(m => m.Groups[1].Value);

        documented.ShouldBe(published, ignoreOrder: true);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(settings: s => s with { Metrics = new MetricsSection { Token = Token } });

    private static async Task<(HttpStatusCode Status, string? Type, string Body)> GetAsync(TestServer server, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Http, "/metrics"));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await Client.SendAsync(request, Cancel);
        return (answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static string Page(MetricsCollector collector, string name) =>
        string.Join('\n', collector.Write().Split('\n').Where(l => l.Contains(name, StringComparison.Ordinal)));

    private static IEnumerable<(string Name, string Labels, double Value)> Samples(string page) =>
        Sample().Matches(page).Select(m => (m.Groups[1].Value, m.Groups[2].Value, double.Parse(m.Groups[3].Value)));

    private static double Value(string page, string name, string labels = "") => Samples(page).Single(s => s.Name == name && s.Labels == labels).Value;

    private static string? Family(string name, IReadOnlyCollection<string> types) =>
        new[] { name, Suffix().Replace(name, "") }.FirstOrDefault(types.Contains);

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_][a-zA-Z0-9_]* .*|[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\})? ([0-9.eE+-]+|\+Inf|NaN))$""")]
    private static partial Regex Line();

    [GeneratedRegex("^# TYPE (\\S+) (counter|gauge|histogram)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^([a-z_0-9A-Z]+)(\{.*\})? (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedMetric();

    // A meter of this test alone: a collector shows only those of its own factory.
    private sealed class Meters : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

        public IMeterFactory Factory => _services.GetRequiredService<IMeterFactory>();

        public Meter Meter => Factory.Create(IroriMeter.Name);

        public void Dispose() => _services.Dispose();
    }
}
