using System.ComponentModel.DataAnnotations;
using Irori.Core.History;
using Irori.Core.Installation;

namespace Irori.Server.Settings;

/// <summary>
/// Everything that can be configured. Names are those of the file (<c>Links.LeaseSeconds</c>), of environment variables
/// (<c>IRORI_LINKS__LEASESECONDS</c>) and, for a few, of flags. <c>docs/irori.jsonc</c> lists them all.
/// </summary>
public sealed record IroriSettings
{
    /// <summary>Folder of the database, keys and certificate. Relative paths elsewhere in the settings start here.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Home or Vendor. Decides at the first start only.</summary>
    public InstallationMode Mode { get; init; } = InstallationMode.Home;

    /// <summary>Port of HTTP; 0 switches it off.</summary>
    [Range(0, 65535)]
    public int Http { get; init; } = 8080;

    /// <summary>Port of HTTPS; 0 switches it off.</summary>
    [Range(0, 65535)]
    public int Https { get; init; } = 8443;

    /// <summary>Address to listen at: *, localhost, or one IP address of this machine.</summary>
    public string Bind { get; init; } = "*";

    /// <summary>Further listeners for old hardware.</summary>
    public OldDevicesSection OldDevices { get; init; } = new();

    /// <summary>The address that is handed out to apps and devices.</summary>
    public PublicSection Public { get; init; } = new();

    /// <summary>A certificate of your own.</summary>
    public TlsSection Tls { get; init; } = new();

    /// <summary>Reverse proxies, as addresses or networks, whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>How much everybody may ask.</summary>
    public LimitsSection Limits { get; init; } = new();

    /// <summary>Where the truth is stored.</summary>
    public DatabaseSection Database { get; init; } = new();

    /// <summary>This process among others of the installation.</summary>
    public NodeSection Node { get; init; } = new();

    /// <summary>The way from node to node.</summary>
    public BusSection Bus { get; init; } = new();

    /// <summary>Connections of devices.</summary>
    public LinksSection Links { get; init; } = new();

    /// <summary>How long history is kept, in days.</summary>
    public RetentionSettings Retention { get; init; } = new();

    /// <summary>Regions of accounts.</summary>
    public RegionsSection Regions { get; init; } = new();

    /// <summary>How verification codes reach people: Send (mail, SMS) or Outbox (kept in memory, shown to operators in the console).</summary>
    public CodeDelivery CodeSender { get; init; } = CodeDelivery.Send;

    /// <summary>The mail server for codes to e-mail logins.</summary>
    public MailSection Mail { get; init; } = new();

    /// <summary>The HTTP hook for codes to phone logins.</summary>
    public SmsSection Sms { get; init; } = new();

    /// <summary>The web console.</summary>
    public ConsoleSection Console { get; init; } = new();

    /// <summary>What is measured and who may read it.</summary>
    public MetricsSection Metrics { get; init; } = new();

    /// <summary>The log on standard output.</summary>
    public LogSection Log { get; init; } = new();

    /// <summary>A path of the settings as a full path: relative ones start in the data folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Path.GetFullPath(Data));
}

/// <summary>A value that is never printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
