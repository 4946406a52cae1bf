namespace Irori.Bench.References;

/// <summary>The servers against which Irori is measured: the same work on the same framework, without Irori's logic.</summary>
internal static class ReferenceProgram
{
    /// <summary>Runs the reference of this name on a port until the process is told to stop.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case [EmptyApp.Name, var port]:
                await EmptyApp.RunAsync(int.Parse(port));
                return 0;
            case [KestrelHops.Name, var port, .. var certificate]:
                await KestrelHops.RunAsync(int.Parse(port), certificate is [var path] ? path : null);
                return 0;
            case [KestrelRelay.Name, var port]:
                await KestrelRelay.RunAsync(int.Parse(port));
                return 0;
            default:
                await Console.Error.WriteLineAsync("This program holds the references of irori bench, which starts them itself.");
                return 2;
        }
    }
}
