using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Irori.Server.Hosting;

/// <summary>Makes the installation's own certificate.</summary>
internal static class SelfSigned
{
    private const string Name = "CN=Irori";
    private static readonly TimeSpan Life = TimeSpan.FromDays(825);

    /// <summary>A certificate for this machine's names, and the public one when there is one.</summary>
    public static X509Certificate2 Make(ECDsa key, string publicHost, DateTimeOffset now) =>
        Make(new CertificateRequest(Name, key, HashAlgorithmName.SHA256), X509KeyUsageFlags.DigitalSignature, publicHost, now);

    /// <summary>The same with RSA, for what knows nothing newer; its key also carries those of old handshakes.</summary>
    public static X509Certificate2 Make(RSA key, string publicHost, DateTimeOffset now) => Make(
        new CertificateRequest(Name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment,
        publicHost,
        now);

    private static X509Certificate2 Make(CertificateRequest request, X509KeyUsageFlags usage, string publicHost, DateTimeOffset now)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(Names(publicHost));
        return request.CreateSelfSigned(now.AddDays(-1), now + Life);
    }

    private static X509Extension Names(string publicHost)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        Add(names, Environment.MachineName);
        if (publicHost.Length > 0 && publicHost != Environment.MachineName) Add(names, publicHost);
        return names.Build();
    }

    private static void Add(SubjectAlternativeNameBuilder names, string host)
    {
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
    }
}
