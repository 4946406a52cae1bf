using System.Net;
using Irori.Server.Settings;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Console;

/// <summary>The built console as a browser gets it.</summary>
public sealed class ConsoleFilesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-console-").FullName;
    private TestServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "index.html"), "the console", Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "assets", "x-1234.js"), "export {}", Cancel);
        _server = await TestServer.StartAsync(settings: s => s with { Console = new ConsoleSection { Folder = _folder } });
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Http };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/console")]
    public async Task The_address_without_a_slash_leads_to_the_console(string path)
    {
        using var response = await _client.GetAsync(path, Cancel);

        (response.StatusCode, response.Headers.Location!.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/console/"));
    }

    [Theory]
    [InlineData("/console/")]
    [InlineData("/console/homes/0123456789abcdef01234567")]
    [InlineData("/console/devices/a.b/")]
    public async Task Every_page_begins_with_the_index_under_the_policy(string path)
    {
        using var response = await _client.GetAsync(path, Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("the console");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self'");
        response.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Fact]
    public async Task Built_assets_are_kept_by_the_browser_and_missing_ones_are_not_the_index()
    {
        using var found = await _client.GetAsync("/console/assets/x-1234.js", Cancel);
        using var missing = await _client.GetAsync("/console/assets/y.js", Cancel);

        found.Headers.CacheControl!.ToString().ShouldContain("immutable");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_API_is_never_the_index()
    {
        using var response = await _client.GetAsync("/console/api/nothing", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
