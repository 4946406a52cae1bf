namespace Irori.Core.Installation;

/// <summary>The address that dialects hand out to apps and devices, where it differs from the one that was asked for.</summary>
/// <param name="Host">Host name or IP address; empty: whatever host was asked for.</param>
/// <param name="HttpPort">Port of HTTP; 0: the one that was asked for.</param>
/// <param name="HttpsPort">Port of HTTPS; 0: the one that was asked for.</param>
public sealed record PublicAddress(string Host, int HttpPort, int HttpsPort);

/// <summary>
/// Stands among the features of a connection that came in on a listener for old devices: it serves devices only, and tells its own port, because
/// a device that needs it cannot use the others.
/// </summary>
public sealed class OldListener;
