using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Server.Settings;
using Shouldly;
using Xunit;

namespace Irori.Tests.Server;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_configured_gives_the_defaults() =>
        Json(Load()).ShouldBe(Json(new IroriSettings() with { Data = _folder }));

    [Fact]
    public void The_documented_file_holds_every_key_with_its_default()
    {
        var path = Path.Combine(Repository.Root, "docs", "irori.jsonc");
        var documented = JsonNode.Parse(File.ReadAllText(path), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();

        var keys = SettingsTree.Values(new IroriSettings()).Select(v => v.Key).Order(StringComparer.Ordinal);
        Leaves(documented).Order(StringComparer.Ordinal).ShouldBe(keys);
        Json(SettingsLoader.Load(path, new Dictionary<string, string>(), [])).ShouldBe(Json(new IroriSettings()));
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_a_variable_over_the_file()
    {
        Write("""{ "Http": 1, "Https": 2, "Links": { "Admission": 3 } } // with a comment""");
        var settings = Load(new() { ["IRORI_HTTPS"] = "22", ["IRORI_LINKS__ADMISSION"] = "33" }, new FlagSetting("--http", "Http", "111"));

        settings.Http.ShouldBe(111);
        settings.Https.ShouldBe(22);
        settings.Links.Admission.ShouldBe(33);
    }

    [Fact]
    public void A_list_may_be_written_with_commas()
    {
        Load(new() { ["IRORI_REGIONS__SERVED"] = "eu, us" }).Regions.Served.ShouldBe(["eu", "us"]);
        Write("""{ "Regions": { "Served": ["cn"] } }""");
        Load().Regions.Served.ShouldBe(["cn"]);
    }

    [Fact]
    public void Every_mistake_is_one_sentence_that_names_key_value_and_what_is_allowed()
    {
        Write("""{ "Htp": 1, "Http": "eighty", "Mode": "Hotel", "Links": { "LeaseSeconds": 1 }, "Log": "loud", "Bind": ["a"] }""");
        var mistakes = Should.Throw<StartupException>(() => Load(
            new() { ["IRORI_HTTPS"] = "70000", ["IRORI_TYPO"] = "x", ["IRORI_MASTER_KEY"] = "kept out of the settings" },
            new FlagSetting("--database", "Database.Engine", "oracle"))).Mistakes;

        var file = Path.Combine(_folder, "irori.jsonc");
        mistakes.Count.ShouldBe(9);
        mistakes.ShouldAllBe(m => m.EndsWith('.') && !m.Contains('\n') && !m.Contains("Exception"));
        mistakes.ShouldContain(m => m.StartsWith($"Htp in {file} is not a setting") && m.Contains("Http, Https"));
        mistakes.ShouldContain($"Http in {file} is \"eighty\", but must be a whole number from 0 to 65535; correct or remove it.");
        mistakes.ShouldContain($"Mode in {file} is \"Hotel\", but must be one of Home, Vendor; correct or remove it.");
        mistakes.ShouldContain($"Links.LeaseSeconds in {file} is \"1\", but must be a whole number from 3 to 600; correct or remove it.");
        mistakes.ShouldContain(m => m.StartsWith($"Log in {file} must be a section") && m.Contains("Level, Format"));
        mistakes.ShouldContain(m => m.StartsWith($"Bind in {file} is a group of settings"));
        mistakes.ShouldContain("IRORI_HTTPS is \"70000\", but must be a whole number from 0 to 65535; correct or remove it.");
        mistakes.ShouldContain(m => m.StartsWith("IRORI_TYPO is not a setting"));
        mistakes.ShouldContain("--database is \"oracle\", but must be one of Sqlite, PostgreSql; correct or remove it.");
    }

    [Theory]
    [InlineData("IRORI_BIND", "everywhere", "localhost")]
    [InlineData("IRORI_HTTPS", "8080", "another port than Http")]
    [InlineData("IRORI_OLDDEVICES__PLAINPORTS", "8081,8080", "each used once")]
    [InlineData("IRORI_OLDDEVICES__PLAINPORTS", "http", "ports from 1 to 65535")]
    [InlineData("IRORI_OLDDEVICES__TLSPORT", "8443", "another port than the others")]
    [InlineData("IRORI_LIMITS__PRESET", "strict", "one of Home, Documented, Off")]
    [InlineData("IRORI_LIMITS__NODES", "0", "from 1 to 1000")]
    [InlineData("IRORI_PUBLIC__HOST", "http://example.com", "without scheme")]
    [InlineData("IRORI_TLS__CERTIFICATEPATH", "missing.pem", "a file that exists")]
    [InlineData("IRORI_TLS__KEYPATH", "missing.pem", "empty without Tls.CertificatePath")]
    [InlineData("IRORI_PROXIES", "10.0.0.1,proxy", "10.0.0.0/24")]
    [InlineData("IRORI_DATABASE__ENGINE", "postgresql", "Npgsql connection string")]
    [InlineData("IRORI_DATABASE__CONNECTIONSTRING", "Host=x", "empty when Database.Engine is Sqlite")]
    [InlineData("IRORI_NODE__NAME", "a b", "letters, digits")]
    [InlineData("IRORI_BUS__URL", "http://broker", "amqp://user:password@host:5672/vhost")]
    [InlineData("IRORI_BUS__URL", "amqp://broker", "empty when Database.Engine is Sqlite, which serves one node only")]
    [InlineData("IRORI_REGIONS__SERVED", "mars", "cn, as, us, eu")]
    [InlineData("IRORI_MAIL__HOST", "mail.example.com", "sender address")]
    [InlineData("IRORI_SMS__URL", "ftp://example.com", "http or https")]
    [InlineData("IRORI_SMS__BODY", "{\"to\":\"{to}\"}", "{code} or {text}")]
    [InlineData("IRORI_METRICS__OTLP", "localhost", "http://localhost:4318")]
    [InlineData("IRORI_METRICS__TOKEN", "short", "16 characters")]
    [InlineData("IRORI_CONSOLE__FOLDER", "missing", "a folder that exists")]
    public void An_impossible_value_is_refused(string variable, string value, string allowed) =>
        Should.Throw<StartupException>(() => Load(new() { [variable] = value })).Mistakes.ShouldContain(m => m.Contains(allowed));

    [Fact]
    public void A_file_that_is_not_json_is_one_sentence_with_its_place()
    {
        Write("{ \"Http\": 80,\n \"Https\" 81 }");
        Should.Throw<StartupException>(() => Load()).Mistakes.ShouldHaveSingleItem().ShouldContain("LineNumber: 1");
    }

    [Fact]
    public void A_named_file_must_exist() =>
        Should.Throw<StartupException>(() => SettingsLoader.Load("/nowhere/irori.jsonc", new Dictionary<string, string>(), []))
            .Mistakes.ShouldHaveSingleItem().ShouldContain("--config is \"/nowhere/irori.jsonc\"");

    [Fact]
    public void A_demonstration_listens_to_this_machine_only()
    {
        var demo = SettingsLoader.Load(null, new Dictionary<string, string>(), [Data], demo: true);
        demo.Bind.ShouldBe("localhost");
        demo.CodeSender.ShouldBe(CodeDelivery.Outbox);
        Should.Throw<StartupException>(() => SettingsLoader.Load(null, new Dictionary<string, string>(), [Data, new FlagSetting("--bind", "Bind", "0.0.0.0")], demo: true))
            .Mistakes.ShouldHaveSingleItem().ShouldContain("--bind is \"0.0.0.0\"");
    }

    [Fact]
    public void Secrets_are_not_shown()
    {
        Write("""{ "Mail": { "Password": "hunter2" }, "Metrics": { "Token": "hunter2hunter2hunter2" }, "Sms": { "Headers": { "Authorization": "hunter2" } } }""");
        var shown = Json(Load());
        shown.ShouldNotContain("hunter2");
        shown.ShouldContain("(set)");
        Write("""{ "Mail": { "Password": { "Value": "hunter2" } }, "Metrics": { "Token": "hunter2" } }""");
        Should.Throw<StartupException>(() => Load()).Mistakes.ShouldAllBe(m => !m.Contains("hunter2"));
    }

    private FlagSetting Data => new("--data", "Data", _folder);

    private IroriSettings Load(Dictionary<string, string>? environment = null, params FlagSetting[] flags) =>
        SettingsLoader.Load(null, environment ?? [], [Data, .. flags]);

    private void Write(string json) => File.WriteAllText(Path.Combine(_folder, "irori.jsonc"), json);

    private static string Json(IroriSettings settings) => SettingsTree.ToJson(settings).ToJsonString();

    private static IEnumerable<string> Leaves(JsonObject section, string path = "") => section.SelectMany(p =>
        p.Value is JsonObject { Count: > 0 } inner ? Leaves(inner, path + p.Key + ".") : [path + p.Key]);
}
