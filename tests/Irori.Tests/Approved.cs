using Shouldly;

namespace Irori.Tests;

/// <summary>Committed files that the code produces. With IRORITEST_UPDATE_DOCS=1 they are written anew in place of being compared.</summary>
internal static class Approved
{
    public static async Task MatchesAsync(string path, string text)
    {
        var file = Path.Combine(Repository.Root, path);
        var fresh = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("IRORITEST_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, fresh, TestContext.Current.CancellationToken);
        }

        var committed = File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "";
        committed.ShouldBe(fresh, $"{path} is stale: run the tests once with IRORITEST_UPDATE_DOCS=1 and commit it");
    }
}
