namespace Irori.Server.Settings;

/// <summary>The server cannot start as it is configured. Each mistake is one sentence that says what is wrong and what to change.</summary>
public sealed class StartupException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    /// <summary>One mistake.</summary>
    public StartupException(string mistake)
        : this([mistake])
    {
    }

    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
