using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Tests.CoolKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.Server;

public sealed class RequestLogTests
{
    private const string Header = "X-Request-Id";
    private const string Own = "Irori.Server.Hosting.RequestLog";
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sane_request_id_is_echoed_and_logged_and_another_is_replaced()
    {
        using var lines = new LogLines();
        await using var server = await TestServer.StartAsync(options: lines.Options);

        var line = lines.NextAsync("GET /nowhere 404");
        (await IdAsync(server.Http, "from-the-app_1.2")).ShouldBe("from-the-app_1.2");
        (await line).ShouldContain("from-the-app_1.2");
        (await IdAsync(server.Http, "two words")).ShouldMatch("^[0-9a-f]{24}$");
        (await IdAsync(server.Http, new string('x', 65))).ShouldMatch("^[0-9a-f]{24}$");
        (await IdAsync(server.Http, null)).ShouldMatch("^[0-9a-f]{24}$");
    }

    [Fact]
    public async Task A_failure_inside_is_answered_with_the_request_id_and_nothing_else()
    {
        using var lines = new LogLines();
        await using var app = await BreakingAsync(lines);

        using var answer = await Client.GetAsync(new Uri(app.Urls.Single() + "/breaks"), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var id = answer.Headers.GetValues(Header).ShouldHaveSingleItem();
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        body.ShouldContain(id);
        body.ShouldNotContain("the inner reason");
        lines.All.ShouldContain(l => l.Contains(id) && l.Contains("the inner reason"));
    }

    [Fact]
    public async Task A_web_socket_is_logged_when_it_ends_with_its_duration()
    {
        using var lines = new LogLines();
        await using var server = await TestServer.StartAsync(options: lines.Options);
        await using var socket = await TestSocket.OpenAsync(server.Http);
        lines.All.ShouldNotContain(l => l.Contains("/api/ws"));

        var line = lines.NextAsync("GET /api/ws");
        socket.Abort();

        (await line).ShouldMatch(@"GET /api/ws 101 \d+ ms");
    }

    [Theory]
    [InlineData(LogLevel.Information)]
    [InlineData(LogLevel.Trace)]
    public async Task No_query_body_or_token_reaches_the_log(LogLevel level)
    {
        using var lines = new LogLines();
        await using var server = await TestServer.StartAsync(settings: s => s with { Log = new LogSection { Level = level } }, options: lines.Options);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler);
        foreach (var address in new[] { server.Http, server.Https })
        {
            var line = lines.NextAsync(Own, "POST /v2/user/login");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v2/user/login?at=secret-in-query"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret-in-header");
            request.Content = new StringContent("""{"email":"secret@in.body","password":"secret-in-body"}""", Encoding.UTF8, "application/json");
            await client.SendAsync(request, Cancel);
            await line;
        }

        lines.All.Count(l => l.Contains(Own) && l.Contains("POST /v2/user/login")).ShouldBe(2);
        lines.All.ShouldAllBe(l => !l.Contains("secret"));
    }

    [Fact]
    public async Task A_path_with_line_breaks_stays_one_line()
    {
        using var lines = new LogLines();
        await using var server = await TestServer.StartAsync(settings: s => s with { Log = new LogSection { Level = LogLevel.Debug } }, options: lines.Options);
        foreach (var path in new[] { "/nowhere%0Aforged", "/health/%0Aforged" })
        {
            var line = lines.NextAsync(Own, "forged");
            await Client.GetAsync(new Uri(server.Http, path), Cancel);
            (await line).Trim().ShouldNotContain("\n");
        }
    }

    private static async Task<string> IdAsync(Uri server, string? id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/nowhere?token=1"));
        if (id is not null) request.Headers.TryAddWithoutValidation(Header, id);
        using var answer = await Client.SendAsync(request, Cancel);
        return answer.Headers.GetValues(Header).ShouldHaveSingleItem();
    }

    // The server has no endpoint that breaks: the same middleware around one that does.
    private static async Task<WebApplication> BreakingAsync(LogLines lines)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Replace(ServiceDescriptor.Singleton(Logging.Create(new LogSection(), lines.Options.Log)));
        builder.Services.AddSingleton(TimeProvider.System);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseMiddleware<RequestLog>();
        app.UseJsonErrors();
        app.MapGet("/breaks", string () => throw new InvalidOperationException("the inner reason"));
        await app.StartAsync(Cancel);
        return app;
    }
}
