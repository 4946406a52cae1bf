using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Links;
using Irori.Server.Console;
using Irori.Server.Hosting;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

public sealed class FeedApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private readonly ConsoleHouse _house = new(settings: null, new ServerOptions { Time = new HastyTime() });
    private bool _stopped;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _house.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await _house.DisposeAsync();
    }

    [Fact]
    public async Task A_change_and_presence_reach_who_may_see_the_device()
    {
        using var feed = await OpenAsync(await _house.SignInAsync(Owner));
        var link = await _house.ConnectAsync(Lamp, _ => "");
        var online = await NextAsync(feed);
        await ReportAsync(link, "switch", "\"on\"");
        var changed = await NextAsync(feed);
        await _house.Service<LinkService>().CloseAsync(link, "test");
        var offline = await NextAsync(feed);

        (online["device"]!.GetValue<string>(), online["online"]!.GetValue<bool>()).ShouldBe((Lamp, true));
        (changed["values"]!["switch"]!["value"]!.GetValue<string>(), changed["online"]).ShouldBe(("on", null));
        changed["version"]!.GetValue<long>().ShouldBe(1);
        (offline["device"]!.GetValue<string>(), offline["online"]!.GetValue<bool>()).ShouldBe((Lamp, false));
    }

    [Fact]
    public async Task A_stranger_hears_of_his_own_devices_only()
    {
        using var feed = await OpenAsync(await _house.SignInAsync(Stranger));
        await ReportAsync(await _house.ConnectAsync(Lamp, _ => ""), "switch", "\"on\"");
        await _house.ConnectAsync(Foreign, _ => "");

        (await NextAsync(feed))["device"]!.GetValue<string>().ShouldBe(Foreign);
    }

    [Fact]
    public async Task A_silent_feed_says_that_it_lives()
    {
        using var feed = await OpenAsync(await _house.SignInAsync(Owner));

        (await feed.ReadLineAsync(Cancel).AsTask().WaitAsync(Patient, Cancel)).ShouldBe(": beat");
    }

    [Fact]
    public async Task The_feed_ends_with_the_session()
    {
        var client = await _house.SignInAsync(Owner);
        using var feed = await OpenAsync(client);

        (await DeleteAsync(client, "session")).Status.ShouldBe(HttpStatusCode.OK);

        (await RestAsync(feed)).ShouldAllBe(line => line.Length == 0 || line == ": beat");
    }

    [Fact]
    public async Task The_feed_ends_when_the_server_stops()
    {
        using var feed = await OpenAsync(await _house.SignInAsync(Owner));
        var rest = RestAsync(feed);
        _stopped = true;

        var stopping = _house.Server.DisposeAsync();

        (await rest).ShouldAllBe(line => line.Length == 0 || line == ": beat");
        await stopping;
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "feed");
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var feed = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        (await feed.ReadLineAsync(Cancel)).ShouldBe("event: ready");
        (await feed.ReadLineAsync(Cancel)).ShouldBe("data: {}");
        (await feed.ReadLineAsync(Cancel)).ShouldBe("");
        return feed;
    }

    private static async Task<JsonNode> NextAsync(StreamReader feed)
    {
        while (true)
        {
            var line = (await feed.ReadLineAsync(Cancel).AsTask().WaitAsync(Patient, Cancel)).ShouldNotBeNull("the feed has ended");
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonNode.Parse(line["data: ".Length..])!;
        }
    }

    private static async Task<IReadOnlyList<string>> RestAsync(StreamReader feed)
    {
        var lines = new List<string>();
        while (await feed.ReadLineAsync(Cancel).AsTask().WaitAsync(Patient, Cancel) is { } line) lines.Add(line);
        return lines;
    }

    /// <summary>A clock whose heartbeats come at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == FeedApi.Heartbeat ? TimeSpan.FromMilliseconds(100) : dueTime, period);
    }
}
