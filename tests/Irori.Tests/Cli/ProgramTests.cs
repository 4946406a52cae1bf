using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.Cli;

/// <summary>The program as an operator meets it: exit codes, sentences, signals.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly HttpClient Client = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-program-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_impossible_value_stops_the_start_with_a_sentence() =>
        await ShouldRefuseAsync("--http is \"99999\", but must be a whole number from 0 to 65535; correct or remove it.", "--http", "99999");

    [Fact]
    public async Task An_unknown_key_stops_the_start_with_a_sentence()
    {
        var file = Path.Combine(_folder, "irori.jsonc");
        await File.WriteAllTextAsync(file, """{ "Htp": 80 }""", Cancel);

        await ShouldRefuseAsync($"Htp in {file} is not a setting; correct the name or remove it.");
    }

    [Fact]
    public async Task A_port_in_use_stops_the_start_with_a_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await ShouldRefuseAsync("stop the program that uses it, or choose another port", "--bind", "127.0.0.1", "--https", "0", "--http", $"{port}");
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_with_a_sentence()
    {
        await using var first = await RunAsync(IroriProcess.FreePort(), environment: null);

        await ShouldRefuseAsync("stop the server that runs on it", "--bind", "127.0.0.1", "--https", "0", "--http", $"{IroriProcess.FreePort()}");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_program_within_seconds_and_well(string signal)
    {
        var port = IroriProcess.FreePort();
        await using var program = await RunAsync(port, environment: null);
        (await Client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var start = Stopwatch.GetTimestamp();
        await program.SignalAsync(signal);

        var (code, errors) = await program.EndAsync();
        (code, errors).ShouldBe((0, ""));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_json_log_is_one_object_per_line_with_the_request_id()
    {
        var port = IroriProcess.FreePort();
        await using var program = IroriProcess.Start(
            new Dictionary<string, string> { ["IRORI_LOG__FORMAT"] = "Json", ["IRORI_LOG__LEVEL"] = "Debug" }, Arguments(port));
        await program.WaitForAsync("Application started");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/nowhere?token=secret"));
        request.Headers.Add("X-Request-Id", "id-of-this-test");
        await Client.SendAsync(request, Cancel);
        await program.SignalAsync("TERM");
        (await program.EndAsync()).Code.ShouldBe(0);

        var lines = program.Said.Select(l => JsonNode.Parse(l)!.AsObject()).ToList();

        lines.ShouldAllBe(l => DateTimeOffset.Parse((string)l["Timestamp"]!).Offset == TimeSpan.Zero && l["EventId"] != null && l["LogLevel"] != null);
        var line = lines.Single(l => (int)l["EventId"]! == 4021);
        ((string?)line["State"]!["Path"]).ShouldBe("/nowhere");
        line["Scopes"]!.AsArray().ShouldContain(s => (string?)s!["RequestId"] == "id-of-this-test");
        program.Said.ShouldAllBe(l => !l.Contains("secret"));
    }

    private string[] Arguments(int port) => ["run", "--data", _folder, "--bind", "127.0.0.1", "--https", "0", "--http", $"{port}"];

    private async Task<IroriProcess> RunAsync(int port, IReadOnlyDictionary<string, string>? environment)
    {
        var program = IroriProcess.Start(environment, Arguments(port));
        await program.WaitForAsync("Stop with Ctrl+C");
        return program;
    }

    private async Task ShouldRefuseAsync(string sentence, params string[] arguments)
    {
        await using var program = IroriProcess.Start(null, ["run", "--data", _folder, .. arguments]);
        var (code, errors) = await program.EndAsync();
        code.ShouldBe(2, errors);
        errors.ShouldContain(sentence);
        errors.Trim().Split('\n').ShouldHaveSingleItem();
        errors.ShouldNotContain("   at ");
    }
}
