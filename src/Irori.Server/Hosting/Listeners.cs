using System.Net;
using System.Net.Security;
using Irori.Server.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Irori.Server.Hosting;

/// <summary>The ports of the server and what a client may cost.</summary>
internal static class Listeners
{
    private const byte TlsHandshake = 22;
    private static readonly TimeSpan FirstByteLimit = TimeSpan.FromSeconds(15);

    public static void Configure(KestrelServerOptions kestrel, IroriSettings settings, ServerCertificate? certificate, SslServerAuthenticationOptions? oldTls, bool freePorts)
    {
        kestrel.AddServerHeader = false;
        Limit(kestrel.Limits);
        if (settings.Http != 0) Listen(kestrel, settings.Bind, freePorts ? 0 : settings.Http, l => Plain(l, certificate));
        if (certificate is not null) Listen(kestrel, settings.Bind, freePorts ? 0 : settings.Https, l => Secure(l, certificate));
        foreach (var port in settings.OldDevices.PlainNumbers()) Listen(kestrel, settings.Bind, freePorts ? 0 : port, OldDevices.Plain);
        if (oldTls is not null) Listen(kestrel, settings.Bind, freePorts ? 0 : settings.OldDevices.TlsPort, l => OldDevices.Tls(l, oldTls));
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = 1024 * 1024;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        limits.MaxConcurrentConnections = 20_000;
        limits.MaxConcurrentUpgradedConnections = 200_000;
        limits.Http2.MaxStreamsPerConnection = 100;
    }

    // Both loopback addresses for localhost, and IPv4 beside IPv6 for everywhere; a free port can only be asked of one address.
    private static void Listen(KestrelServerOptions kestrel, string bind, int port, Action<ListenOptions> configure)
    {
        if (bind == "*") kestrel.ListenAnyIP(port, configure);
        else if (port != 0 && bind.Equals("localhost", StringComparison.OrdinalIgnoreCase)) kestrel.ListenLocalhost(port, configure);
        else kestrel.Listen(SettingsCheck.Address(bind)!, port, configure);
    }

    // Some apps open wss:// on whatever port they are told, and old addresses name one port only: plain HTTP also takes TLS, told by its first byte.
    private static void Plain(ListenOptions listener, ServerCertificate? certificate)
    {
        listener.Protocols = HttpProtocols.Http1;
        if (certificate is null) return;
        ConnectionDelegate? plain = null;
        listener.Use(secure => async connection =>
        {
            if (await IsTlsAsync(connection) is { } tls) await (tls ? secure : plain!)(connection);
        });
        Secure(listener, certificate);
        listener.Use(next => plain = next);
    }

    // Null: the other end said nothing in time.
    private static async Task<bool?> IsTlsAsync(ConnectionContext connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        limit.CancelAfter(FirstByteLimit);
        try
        {
            var first = await connection.Transport.Input.ReadAsync(limit.Token);
            var tls = first.Buffer is { IsEmpty: false, FirstSpan: [TlsHandshake, ..] };
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            return tls;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static void Secure(ListenOptions listener, ServerCertificate certificate)
    {
        listener.Protocols = HttpProtocols.Http1AndHttp2;
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(certificate.Current),
            HandshakeTimeout = TimeSpan.FromSeconds(15),
        });
    }

    /// <summary>What to tell the operator when a port could not be taken; null when something else went wrong.</summary>
    public static StartupException? Explain(Exception e) => e switch
    {
        IOException { InnerException: AddressInUseException } => new StartupException(
            $"{e.Message.TrimEnd('.')}; stop the program that uses it, or choose another port by Http (--http), Https (--https) or OldDevices."),
        System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AccessDenied } => new StartupException(
            "This user may not listen on the configured port; choose ports above 1023 by Http (--http) and Https (--https)."),
        System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AddressNotAvailable } => new StartupException(
            "Bind is not an address of this machine; correct it, or use * or localhost."),
        _ => null,
    };
}
