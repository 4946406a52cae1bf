using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Irori.Core.Installation;
using Irori.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>Listeners for hardware that knows no TLS, or only an old one. They answer what devices ask and nothing else.</summary>
internal static partial class OldDevices
{
    public const string CertificateFile = "old-devices.pem";
    public const string KeyFile = "old-devices.key";

    private static readonly PathString[] Served = ["/dispatch/device", "/api/ws", "/firmware"];
    private static readonly OldListener Mark = new();

    // Those of old firmware, after the better ones for what can do better; each of them encrypts.
    private static readonly TlsCipherSuite[] Ciphers =
    [
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_CBC_SHA, TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA256, TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_RSA_WITH_3DES_EDE_CBC_SHA, TlsCipherSuite.TLS_RSA_WITH_RC4_128_SHA, TlsCipherSuite.TLS_RSA_WITH_RC4_128_MD5,
    ];

    /// <summary>A port without TLS.</summary>
    public static void Plain(ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http1;
        MarkAll(listener);
    }

    /// <summary>A port with old TLS.</summary>
    public static void Tls(ListenOptions listener, SslServerAuthenticationOptions tls)
    {
        listener.Protocols = HttpProtocols.Http1;
        MarkAll(listener);
        listener.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls), HandshakeTimeout = TimeSpan.FromSeconds(30) });
    }

    /// <summary>What the handshake needs, with a certificate that the installation makes for it: old firmware knows RSA only.</summary>
    /// <exception cref="StartupException">This system's TLS cannot be told its ciphers.</exception>
    public static SslServerAuthenticationOptions TlsOptions(IroriSettings settings, DateTimeOffset now)
    {
        if (!OperatingSystem.IsLinux()) throw new StartupException("OldDevices.TlsPort needs OpenSSL, so it works on Linux only; set it to 0.");
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Certificate(settings, now), null, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
#pragma warning disable CA5397, CA5398, SYSLIB0039, SYSLIB0040 // Old protocols are what this listener is for.
            EnabledSslProtocols = SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Tls12,
            // This is how OpenSSL is asked for its security level 0, below which TLS 1.0 and 1.1 do not work; no cipher of the list is without encryption.
            EncryptionPolicy = EncryptionPolicy.AllowNoEncryption,
#pragma warning restore CA5397, CA5398, SYSLIB0039, SYSLIB0040
            CipherSuitesPolicy = new CipherSuitesPolicy(Ciphers),
        };
    }

    /// <summary>Answers devices only, on these listeners.</summary>
    public static void UseOldDevices(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<OldListener>() is null || Served.Any(s => context.Request.Path.StartsWithSegments(s, StringComparison.Ordinal))) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    /// <summary>Says at the start what is open, and what it risks.</summary>
    public static void Warn(IroriSettings settings, ILogger log)
    {
        foreach (var port in settings.OldDevices.PlainNumbers()) Log.Plain(log, port, OldDevicesSection.PlainRisk);
        if (settings.OldDevices.TlsPort != 0) Log.Tls(log, settings.OldDevices.TlsPort, OldDevicesSection.TlsRisk);
    }

    private static void MarkAll(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    private static X509Certificate2 Certificate(IroriSettings settings, DateTimeOffset now)
    {
        var (path, keyPath) = (settings.Resolve(CertificateFile), settings.Resolve(KeyFile));
        if (File.Exists(path))
        {
            var stored = X509Certificate2.CreateFromPemFile(path, keyPath);
            if (stored.NotAfter.ToUniversalTime() > now.UtcDateTime) return stored;
        }

        using var key = RSA.Create(2048);
        var made = SelfSigned.Make(key, settings.Public.Host, now);
        PrivateFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFile.Write(path, made.ExportCertificatePem() + "\n");
        return made;
    }

    private static partial class Log
    {
        [LoggerMessage(4041, LogLevel.Warning, "Port {Port} answers old devices without TLS: {Risk}")]
        public static partial void Plain(ILogger logger, int port, string risk);

        [LoggerMessage(4042, LogLevel.Warning, "Port {Port} answers old devices with old TLS: {Risk}")]
        public static partial void Tls(ILogger logger, int port, string risk);
    }
}
