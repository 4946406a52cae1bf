using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.CoolKit;

public sealed class OpenApiTests
{
    [Theory]
    [InlineData("coolkit-v1")]
    [InlineData("coolkit-v2")]
    public async Task The_committed_document_is_what_the_code_says(string name) => await Approved.MatchesAsync($"docs/openapi/{name}.json", await DocumentAsync(name));

    private static async Task<string> DocumentAsync(string name)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        return await http.GetStringAsync($"/openapi/{name}.json", TestContext.Current.CancellationToken);
    }
}
