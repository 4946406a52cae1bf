using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;

namespace Irori.Tests;

/// <summary>What keeps the house in order beyond what the compiler says.</summary>
public sealed partial class HouseTests
{
    // In pieces, so that this file does not hold them.
    private static readonly string[] Unwanted = ["#reg" + "ion", "TO" + "DO", "FIX" + "ME"];
    private static readonly string[] Written = [".cs", ".csproj", ".ts", ".tsx", ".mjs", ".css", ".md", ".sql", ".jsonc"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Package_versions_are_exact()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants().Attributes("Version").Select(a => a.Value).ToList();

        versions.ShouldNotBeEmpty();
        versions.ShouldAllBe(v => ExactVersion().IsMatch(v));
    }

    [Fact]
    public async Task Every_project_has_a_lock_file_and_names_no_version_of_its_own()
    {
        var files = await FilesAsync();
        var projects = files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).ToList();

        projects.ShouldNotBeEmpty();
        projects.Select(p => Path.Combine(Path.GetDirectoryName(p)!, "packages.lock.json")).ShouldBeSubsetOf(files);
        projects.ShouldAllBe(p => !XDocument.Load(Path.Combine(Repository.Root, p)).Descendants("PackageReference").Attributes("Version").Any());
        files.Where(f => Path.GetFileName(f) == "package.json").Select(p => Path.Combine(Path.GetDirectoryName(p)!, "package-lock.json")).ShouldBeSubsetOf(files);
    }

    [Fact]
    public async Task No_file_puts_off_or_hides_anything()
    {
        foreach (var file in (await FilesAsync()).Where(f => Written.Contains(Path.GetExtension(f))))
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), Cancel);
            foreach (var word in Unwanted) text.Contains(word, StringComparison.Ordinal).ShouldBeFalse($"{file} holds {word}");
        }
    }

    [Fact]
    public async Task Event_ids_are_unique_and_in_a_documented_range()
    {
        var ids = new List<int>();
        foreach (var file in (await FilesAsync()).Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal)))
            ids.AddRange(EventId().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), Cancel)).Select(m => int.Parse(m.Groups[1].Value)));
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Cancel);
        var ranges = EventRange().Matches(page).Select(m => (From: int.Parse(m.Groups[1].Value), To: int.Parse(m.Groups[2].Value))).ToList();

        ids.ShouldNotBeEmpty();
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => ranges.Any(r => id >= r.From && id <= r.To));
    }

    // What git holds, or would hold with the next commit.
    private static async Task<IReadOnlyList<string>> FilesAsync()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Repository.Root, UseShellExecute = false, RedirectStandardOutput = true,
        })!;
        var listed = await git.StandardOutput.ReadToEndAsync(Cancel);
        await git.WaitForExitAsync(Cancel);
        return [.. listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(Repository.Root, f))).Distinct()];
    }

    [GeneratedRegex(@"^\[\d+(\.\d+){2}\]$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"LoggerMessage\((\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (\d{4})-(\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex EventRange();
}
