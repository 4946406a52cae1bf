using Irori.Core;
using Irori.Core.Projects;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>How an operation is authorized (CoolKit v2, authorization).</summary>
internal enum Access
{
    /// <summary>By the app's signature: <c>Sign</c>.</summary>
    Signed,

    /// <summary>By a person's access token: <c>Bearer</c>.</summary>
    Personal,

    /// <summary>By either.</summary>
    Either,

    /// <summary>By either; the access token may be too old.</summary>
    Renewing,
}

/// <summary>Who calls an operation.</summary>
/// <param name="App">The app that signed; null with a token.</param>
/// <param name="Who">The person of the token; null with a signature.</param>
/// <param name="Token">The access token as it was shown; null with a signature.</param>
/// <param name="Ip">The address, for the record.</param>
internal sealed record Caller(App? App, Principal? Who, string? Token, string? Ip)
{
    /// <summary>The address of this installation as he knows it: scheme, host and port.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The app of an operation with <see cref="Access.Signed"/>.</summary>
    public App SigningApp => App ?? throw new InvalidOperationException("The operation is not signed");

    /// <summary>The person of an operation with <see cref="Access.Personal"/>.</summary>
    public Principal Person => Who ?? throw new InvalidOperationException("The operation is not personal");
}
