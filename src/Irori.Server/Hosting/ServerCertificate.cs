using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Irori.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>
/// The certificate of HTTPS: the operator's files, or one that the installation made itself and renews. One TLS context serves all
/// connections until the certificate changes, so that sessions can be resumed.
/// </summary>
internal sealed partial class ServerCertificate
{
    public const string CertificateFile = "certificate.pem";
    public const string KeyFile = "certificate.key";
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromHours(6);

    private readonly IroriSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<ServerCertificate> _log;
    private DateTime _read;
    private X509Certificate2 _certificate;

    public ServerCertificate(IroriSettings settings, TimeProvider time, ILogger<ServerCertificate> log)
    {
        _settings = settings;
        _time = time;
        _log = log;
        _certificate = Load();
        Current = Options(_certificate);
    }

    /// <summary>What a TLS handshake needs.</summary>
    public SslServerAuthenticationOptions Current { get; private set; }

    private bool Own => _settings.Tls.CertificatePath.Length == 0;

    private string CertificatePath => _settings.Resolve(Own ? CertificateFile : _settings.Tls.CertificatePath);

    /// <summary>Looks now and then whether the certificate has to be made or read again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(CheckEvery, _time);
        while (await timer.WaitForNextTickAsync(cancel)) Refresh();
    }

    /// <summary>Takes a newer certificate into use when there is one.</summary>
    internal void Refresh()
    {
        try
        {
            if (Own ? IsFresh(_certificate) : File.GetLastWriteTimeUtc(CertificatePath) == _read) return;
            _certificate = Load();
            Current = Options(_certificate);
            Log.Renewed(_log, _certificate.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (e is StartupException or IOException or CryptographicException)
        {
            Log.Failed(_log, CertificatePath, e);
        }
    }

    private X509Certificate2 Load()
    {
        if (!Own) return Given();
        if (File.Exists(CertificatePath))
        {
            var stored = X509Certificate2.CreateFromPemFile(CertificatePath, _settings.Resolve(KeyFile));
            if (IsFresh(stored)) return stored;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = SelfSigned.Make(key, _settings.Public.Host, _time.GetUtcNow());
        PrivateFile.Write(_settings.Resolve(KeyFile), key.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFile.Write(CertificatePath, made.ExportCertificatePem() + "\n");
        return made;
    }

    private X509Certificate2 Given()
    {
        var tls = _settings.Tls;
        try
        {
            _read = File.GetLastWriteTimeUtc(CertificatePath);
            if (tls.KeyPath.Length == 0) return X509CertificateLoader.LoadPkcs12FromFile(CertificatePath, tls.Password);
            return tls.Password.Length > 0
                ? X509Certificate2.CreateFromEncryptedPemFile(CertificatePath, tls.Password, _settings.Resolve(tls.KeyPath))
                : X509Certificate2.CreateFromPemFile(CertificatePath, _settings.Resolve(tls.KeyPath));
        }
        catch (CryptographicException e)
        {
            throw new StartupException($"The certificate {CertificatePath} cannot be used ({e.Message}); correct Tls.CertificatePath, Tls.KeyPath or Tls.Password.");
        }
    }

    private bool IsFresh(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime() - RenewBefore > _time.GetUtcNow().UtcDateTime;

    private SslServerAuthenticationOptions Options(X509Certificate2 certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, Chain(), offline: true),
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    private X509Certificate2Collection? Chain()
    {
        if (Own || _settings.Tls.KeyPath.Length == 0) return null;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(CertificatePath);
        return chain;
    }

    private static partial class Log
    {
        [LoggerMessage(4011, LogLevel.Information, "A certificate that is good until {Until} is in use")]
        public static partial void Renewed(ILogger logger, DateTime until);

        [LoggerMessage(4012, LogLevel.Error, "The certificate {Path} could not be renewed; the old one stays in use")]
        public static partial void Failed(ILogger logger, string path, Exception exception);
    }
}
