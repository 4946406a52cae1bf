using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Dialects.CoolKit.Wire;
using Irori.Dialects.Gizwits.Wire;
using Irori.Server.Console;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Irori.Tests.Server;

/// <summary>No endpoint answers everybody, but for those on one list.</summary>
public sealed class AnonymousEndpointTests : IDisposable
{
    /// <summary>The endpoints that know no caller, each with its reason.</summary>
    private static readonly Dictionary<string, string> Anonymous = new(StringComparer.Ordinal)
    {
        ["/health/live"] = "probes carry no secret and learn none",
        ["/health/ready"] = "probes carry no secret and learn none",
        ["/metrics"] = "asks for a token of its own, which is checked below",
        ["/"] = "leads to the console",
        ["/console/{*path:nonfile}"] = "the console's page, which is the same for everybody and knows nothing before its sign-in",
        ["/console/api/session"] = "signs in (POST); GET and DELETE ask for the session",
        ["/dispatch/app"] = "tells where the long connection is",
        ["/dispatch/device"] = "tells where the long connection is",
        ["/api/ws"] = "the first frame of the connection authenticates it",
        ["/ws/app/v1"] = "the first frame of the connection authenticates it",
        ["/api/{**path}"] = "answers that there is no such operation",
        ["/v2/{**path}"] = "answers that there is no such operation",
        ["/app/{**path}"] = "answers that there is no such operation",
        ["/app/captcha/image/{picture}"] = "a picture for who was told its name, which an app's token was asked for",
        ["/gizwits/reset-password"] = "the page on which a person sets a new password by the code that was mailed to him",
        ["/firmware/{digest}/{name}"] = "devices fetch firmware without showing anything; who has not been told the digest finds nothing",
        ["/oauth/index.html"] = "the page on which a person signs in, for an app that shows its signature",
        ["/openapi/{documentName}.json"] = "the description of the API, which is public",
    };

    private readonly string _console = Directory.CreateTempSubdirectory("irori-console-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_console, recursive: true);

    [Fact]
    public async Task Every_endpoint_asks_who_is_there_or_stands_on_the_list()
    {
        await File.WriteAllTextAsync(Path.Combine(_console, "index.html"), "<p>console</p>", Cancel);
        await using var server = await TestServer.StartAsync(settings: s => s with
        {
            Metrics = s.Metrics with { Token = "a-token-of-24-characters" }, Console = new ConsoleSection { Folder = _console },
        });
        using var http = new HttpClient { BaseAddress = server.Http };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var guarded = 0;
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = endpoint.RoutePattern.RawText!;
            var operation = endpoint.Metadata.GetMetadata<Irori.Dialects.CoolKit.Wire.OperationInfo>();
            var console = endpoint.Metadata.OfType<ConsoleAccess>().Cast<ConsoleAccess?>().SingleOrDefault();
            var gizwits = endpoint.Metadata.GetMetadata<Irori.Dialects.Gizwits.Wire.OperationInfo>();
            if (operation is null && gizwits is null && console is null or ConsoleAccess.Anonymous)
            {
                Anonymous.Keys.ShouldContain(path);
                seen.Add(path);
                continue;
            }

            guarded++;
            var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            var (status, body) = await AskAsync(http, method, path);
            if (operation is not null)
            {
                var answer = JsonNode.Parse(body)!;
                ((int)(answer["code"] ?? answer["error"])!).ShouldBeOneOf([CoolKitFaults.SessionEnded, CoolKitFaults.Refused], $"{method} {path}: {body}");
            }
            else if (gizwits is not null) ((int)JsonNode.Parse(body)!["error_code"]!).ShouldBe(GizwitsFaults.AppIdInvalid, $"{method} {path}: {body}");
            else status.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }

        seen.ShouldBe(Anonymous.Keys, ignoreOrder: true);
        guarded.ShouldBeGreaterThan(25);
        (await AskAsync(http, "GET", "/metrics")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient http, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{**rest}", "x", StringComparison.Ordinal));
        request.Headers.Add(ConsoleEndpoint.Header, "1");
        if (method != "GET") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
