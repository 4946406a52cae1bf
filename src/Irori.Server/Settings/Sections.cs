using System.ComponentModel.DataAnnotations;
using Irori.Core.Installation;
using Irori.Core.Links;
using Irori.Storage;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Settings;

/// <summary>The address that is handed out, where it differs from the one that was asked for.</summary>
public sealed record PublicSection
{
    /// <summary>Host name or IP address; empty: whatever host the app or device asked for.</summary>
    public string Host { get; init; } = "";

    /// <summary>Port of HTTP; 0: the listening one.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; init; }

    /// <summary>Port of HTTPS; 0: the listening one.</summary>
    [Range(0, 65535)]
    public int HttpsPort { get; init; }

    /// <summary>As dialects take it.</summary>
    public PublicAddress ToCore() => new(Host, HttpPort, HttpsPort);
}

/// <summary>A certificate of your own. Without one, the installation makes its own at the first start.</summary>
public sealed record TlsSection
{
    /// <summary>PEM file with the certificate and its chain, or a PFX file with certificate and key; empty: self-made.</summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>PEM file with the private key; empty for a PFX file.</summary>
    public string KeyPath { get; init; } = "";

    /// <summary>Password of the key or PFX file.</summary>
    [Secret]
    public string Password { get; init; } = "";
}

/// <summary>Where the truth is stored.</summary>
public sealed record DatabaseSection
{
    /// <summary>Sqlite or PostgreSql.</summary>
    public DatabaseEngine Engine { get; init; } = DatabaseEngine.Sqlite;

    /// <summary>Npgsql connection string; only for PostgreSql.</summary>
    [Secret]
    public string ConnectionString { get; init; } = "";
}

/// <summary>This process among others of the installation.</summary>
public sealed record NodeSection
{
    /// <summary>Name, unique among the nodes and the same after a restart; empty: the machine's name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>The way from node to node.</summary>
public sealed record BusSection
{
    /// <summary>Address of RabbitMQ, with user, password and virtual host; empty: a single node.</summary>
    [Secret]
    public string Url { get; init; } = "";
}

/// <summary>Connections of devices.</summary>
public sealed record LinksSection
{
    /// <summary>Seconds after which a node that has not renewed its lease is taken for dead.</summary>
    [Range(3, 600)]
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>Seconds after which a device whose connection closed is told offline, unless it is back.</summary>
    [Range(0, 600)]
    public int OfflineGraceSeconds { get; init; } = 5;

    /// <summary>Most connections that are opened at the same moment; others are asked to come back.</summary>
    [Range(1, 100_000)]
    public int Admission { get; init; } = 512;

    /// <summary>As Core takes them.</summary>
    public LinkSettings ToCore() => new()
    {
        Lease = TimeSpan.FromSeconds(LeaseSeconds),
        OfflineGrace = TimeSpan.FromSeconds(OfflineGraceSeconds),
        Admission = Admission,
    };
}

/// <summary>Regions of accounts.</summary>
public sealed record RegionsSection
{
    /// <summary>Regions that this installation answers for, of cn, as, us, eu; empty: all.</summary>
    public IReadOnlyList<string> Served { get; init; } = [];
}

/// <summary>The web console.</summary>
public sealed record ConsoleSection
{
    /// <summary>Folder with the console's built files; empty: the one beside the program.</summary>
    public string Folder { get; init; } = "";
}

/// <summary>What is measured and who may read it.</summary>
public sealed record MetricsSection
{
    /// <summary>Address of an OpenTelemetry collector (OTLP over HTTP); empty: none.</summary>
    public string Otlp { get; init; } = "";

    /// <summary>Bearer token for the Prometheus page /metrics, at least 16 characters; empty: no such page.</summary>
    [Secret]
    public string Token { get; init; } = "";
}

/// <summary>Shapes of the log.</summary>
public enum LogFormat
{
    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}

/// <summary>The log on standard output.</summary>
public sealed record LogSection
{
    /// <summary>Least level: Trace, Debug, Information, Warning, Error, Critical or None.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Text or Json.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;
}
