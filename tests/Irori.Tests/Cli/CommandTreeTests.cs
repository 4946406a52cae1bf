using System.CommandLine;
using Shouldly;

namespace Irori.Tests.Cli;

public sealed class CommandTreeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Commands => [.. Leaves(CliRun.Root().Subcommands.First(c => c.Name == "admin"), "admin").Append("backup").Append("restore").Append("move").Append("pair").Append("status")];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_ends_with_an_example_that_begins_with_the_command(string command)
    {
        var run = await CliRun.RunAsync([.. command.Split(' '), "--help"]);

        run.Code.ShouldBe(0);
        run.Output.ShouldContain("Example");
        run.Output[run.Output.IndexOf("Example", StringComparison.Ordinal)..].ShouldContain($"irori {command}");
        run.Output.ShouldContain("--data");
        run.Output.ShouldContain("--json");
    }

    [Fact]
    public void No_command_takes_a_password_as_an_argument() =>
        Options(CliRun.Root()).ShouldAllBe(o => !o.Name.Contains("password", StringComparison.Ordinal) || o.ValueType == typeof(bool));

    [Theory]
    [InlineData("admin", "account", "list")]
    [InlineData("admin", "operator", "add", "--email", "a@example.com", "--mint-password")]
    [InlineData("backup", "never.tar.gz")]
    public async Task A_folder_without_an_installation_is_refused_and_stays_as_it_is(params string[] args)
    {
        var folder = Path.Combine(_folder, "none");

        var run = await CliRun.RunAsync([.. args.Select(a => a == "never.tar.gz" ? Path.Combine(_folder, a) : a), "--data", folder]);

        run.Code.ShouldBe(2);
        run.Error.Trim().ShouldBe($"There is no installation in {folder}; start the server once on it (irori run), or name another folder by --data.");
        Directory.Exists(folder).ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_sentence()
    {
        var run = await CliRun.RunAsync("admin", "account", "list", "--data", _folder, "--database", "Host=/nowhere;Database=none;Timeout=1");

        run.Code.ShouldBe(2);
        run.Error.Trim().ShouldStartWith("The database cannot be opened");
        run.Error.Trim().ShouldNotContain("\n");
    }

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0 ? [path] : command.Subcommands.SelectMany(c => Leaves(c, $"{path} {c.Name}"));

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));
}
