using Irori.Dialects.Gizwits;
using Irori.Tests.Server;

namespace Irori.Tests.Gizwits;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_committed_document_is_what_the_code_says()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        var document = await http.GetStringAsync($"/openapi/{GizwitsDialect.Document}.json", TestContext.Current.CancellationToken);
        await Approved.MatchesAsync($"docs/openapi/{GizwitsDialect.Document}.json", document);
    }
}
