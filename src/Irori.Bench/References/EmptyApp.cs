using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Irori.Bench.References;

/// <summary>The empty ASP.NET application: one address that answers a word.</summary>
internal static class EmptyApp
{
    public const string Name = "empty";

    public static Task RunAsync(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        return app.RunAsync();
    }
}
