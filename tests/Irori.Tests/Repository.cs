namespace Irori.Tests;

/// <summary>The source tree, for tests that hold documents against the code.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Irori.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside of the source tree");
    }
}
