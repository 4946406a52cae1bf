using Irori.Core;
using Irori.Core.Projects;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>Whom an operation asks for (Gizwits Open API, headers).</summary>
internal enum Access
{
    /// <summary>The app: X-Gizwits-Application-Id.</summary>
    App,

    /// <summary>A signed-in person: X-Gizwits-User-token too.</summary>
    User,

    /// <summary>The token of request_token, in X-Gizwits-Application-Token or, as the document says, in X-Gizwits-User-token.</summary>
    AppToken,

    /// <summary>
    /// A signed-in person, or a vendor's back end alone. The document asks for the app alone; the id of an app that runs at a user's is public, so that
    /// one does not open every device.
    /// </summary>
    UserOrCloud,
}

/// <summary>Who calls an operation.</summary>
/// <param name="App">The app.</param>
/// <param name="Who">The person, where one signed in.</param>
/// <param name="Http">The request, for its headers and for where it came in.</param>
internal sealed record Caller(App App, Principal? Who, HttpContext Http)
{
    /// <summary>The person of an operation with <see cref="Access.User"/>.</summary>
    public Principal Person => Who ?? throw new InvalidOperationException("The operation is not a person's");

    /// <summary>His address, for the record.</summary>
    public string? Ip => Http.Connection.RemoteIpAddress?.ToString();

    /// <summary>A header's value; null when it is not there or empty.</summary>
    public string? Header(string name) => Http.Request.Headers[name] is [{ Length: > 0 } value, ..] ? value : null;
}
