using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>What holds for every endpoint of the console's API.</summary>
public sealed class EndpointTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    /// <summary>The endpoints that answer without a session. There must be a reason for each.</summary>
    private static readonly string[] Anonymous = ["POST session"];

    /// <summary>The endpoint whose body is a form with files, of a size of its own.</summary>
    private static readonly (string Method, string Path) Upload = ("POST", "operator/firmware");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_answered_without_a_session_but_for_the_sign_in()
    {
        var open = new List<string>();
        foreach (var (method, path) in Endpoints())
        {
            var reply = await SendAsync(house.Client(), method, path, "{}");
            if (reply.Status == HttpStatusCode.Unauthorized && reply.Kind == "notSignedIn") continue;
            open.Add($"{method} {path}");
        }

        open.ShouldBe(Anonymous);
    }

    [Fact]
    public async Task A_body_over_64_KB_is_refused_everywhere_whether_its_length_is_told_or_not()
    {
        var client = await house.SignInAsync(Owner);
        var large = $$"""{"x":"{{new string('x', 64 * 1024)}}"}""";
        foreach (var (method, path) in Endpoints().Where(e => e != Upload))
        {
            var reply = await SendAsync(client, method, path, large);
            (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "tooLarge"), $"{method} {path}");
        }

        foreach (var path in new[] { "session", $"devices/{Lamp}/command" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(large, Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = true;
            var reply = await ReplyAsync(await client.SendAsync(request, Cancel));
            (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "tooLarge"), path);
        }
    }

    [Fact]
    public async Task What_another_site_can_send_changes_nothing()
    {
        var owner = await house.SignInAsync(Owner);
        owner.DefaultRequestHeaders.Remove("X-Irori-Console");
        foreach (var (method, path) in Endpoints().Where(e => e.Method != "GET"))
        {
            var reply = await SendAsync(owner, method, path, "{}");
            (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.Forbidden, "crossSite"), $"{method} {path}");
        }

        owner.DefaultRequestHeaders.Add("X-Irori-Console", "1");
        foreach (var (method, path) in Endpoints().Where(e => e.Method != "GET" && e != Upload))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
            (await ReplyAsync(await owner.SendAsync(request, Cancel))).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType, $"{method} {path}");
        }

        (await GetAsync(owner, "session")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_not_there_is_told_as_JSON_and_never_kept_by_the_browser()
    {
        var owner = await house.SignInAsync(Owner);
        using var response = await owner.GetAsync("nothing/here", Cancel);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var reply = await ReplyAsync(response);
        (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.NotFound, "notFound"));
    }

    private IEnumerable<(string Method, string Path)> Endpoints()
    {
        var endpoints = house.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/console/api/", StringComparison.Ordinal)).ToList();
        endpoints.Count.ShouldBeGreaterThan(10);
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText!["/console/api/".Length..]
                .Replace("{home}", house.Home.Id, StringComparison.Ordinal).Replace("{device}", Lamp, StringComparison.Ordinal)
                .Replace("{account}", "nobody", StringComparison.Ordinal).Replace("{invitation}", "0", StringComparison.Ordinal).Replace("{**rest}", "unknown", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]) yield return (method, path);
        }
    }

    private static async Task<ConsoleReply> SendAsync(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await ReplyAsync(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel));
    }
}
