using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.CoolKit;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_committed_document_is_what_the_code_says() => await Approved.MatchesAsync("docs/openapi/coolkit-v2.json", await DocumentAsync("coolkit-v2"));

    private static async Task<string> DocumentAsync(string name)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        return await http.GetStringAsync($"/openapi/{name}.json", TestContext.Current.CancellationToken);
    }
}
