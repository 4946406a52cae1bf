using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Storage;

namespace Irori.Server.Settings;

/// <summary>Rules that a single value's type and range cannot say.</summary>
internal sealed class SettingsCheck(Func<string, string> origin)
{
    private static readonly string[] Regions = ["cn", "as", "us", "eu"];
    private readonly List<string> _mistakes = [];

    public IReadOnlyList<string> Check(IroriSettings s, bool demo)
    {
        Network(s, demo);
        Certificate(s);
        Storage(s.Database);
        Nodes(s);
        Delivery(s.Mail, s.Sms);
        foreach (var region in s.Regions.Served) Unless(Regions.Contains(region), "Regions:Served", region, $"of {string.Join(", ", Regions)}");
        Unless(s.Metrics.Otlp.Length == 0 || IsWeb(s.Metrics.Otlp), "Metrics:Otlp", s.Metrics.Otlp, "an address such as http://localhost:4318");
        Unless(s.Metrics.Token.Length is 0 or >= 16, "Metrics:Token", "too short", "at least 16 characters long, or empty");
        Unless(s.Console.Folder.Length == 0 || Directory.Exists(s.Resolve(s.Console.Folder)), "Console:Folder", s.Console.Folder, "a folder that exists, or empty");
        return _mistakes;
    }

    /// <summary>The listening address, or null when the text is none. * is every address.</summary>
    internal static IPAddress? Address(string bind) => bind switch
    {
        "*" => IPAddress.IPv6Any,
        _ when bind.Equals("localhost", StringComparison.OrdinalIgnoreCase) => IPAddress.Loopback,
        _ => IPAddress.TryParse(bind, out var address) ? address : null,
    };

    private void Network(IroriSettings s, bool demo)
    {
        var address = Address(s.Bind);
        Unless(address is not null, "Bind", s.Bind, "*, localhost or an IP address of this machine");
        Unless(!demo || address is null || IPAddress.IsLoopback(address), "Bind", s.Bind, "a loopback address with --demo, which listens to nobody else");
        Unless(s.Http != s.Https || s.Http == 0, "Https", $"{s.Https}", "another port than Http");
        Unless(s.Http != 0 || s.Https != 0, "Http", "0", "a port from 1 to 65535 when Https is off too");
        Ports(s);
        Unless(s.Public.Host.Length == 0 || Uri.CheckHostName(s.Public.Host) != UriHostNameType.Unknown, "Public:Host", s.Public.Host,
            "a host name or IP address without scheme and port");
        foreach (var proxy in s.Proxies)
            Unless(IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _), "Proxies", proxy, "an address such as 10.0.0.1 or a network such as 10.0.0.0/24");
    }

    private void Ports(IroriSettings s)
    {
        HashSet<string> taken = [$"{s.Http}", $"{s.Https}"];
        foreach (var port in s.OldDevices.PlainPorts)
            Unless(ushort.TryParse(port, out var number) && number != 0 && taken.Add($"{number}"), "OldDevices:PlainPorts", port, "ports from 1 to 65535, each used once");
        Unless(s.OldDevices.TlsPort == 0 || taken.Add($"{s.OldDevices.TlsPort}"), "OldDevices:TlsPort", $"{s.OldDevices.TlsPort}", "another port than the others");
    }

    private void Certificate(IroriSettings s)
    {
        Readable("Tls:CertificatePath", s, s.Tls.CertificatePath);
        Readable("Tls:KeyPath", s, s.Tls.KeyPath);
        Unless(s.Tls.CertificatePath.Length > 0 || s.Tls.KeyPath.Length == 0, "Tls:KeyPath", s.Tls.KeyPath, "empty without Tls.CertificatePath");
    }

    private void Storage(DatabaseSection database)
    {
        var postgres = database.Engine == DatabaseEngine.PostgreSql;
        Unless(!postgres || database.ConnectionString.Length > 0, "Database:ConnectionString", "empty",
            "an Npgsql connection string such as Host=localhost;Database=irori;Username=irori when Database.Engine is PostgreSql");
        Unless(postgres || database.ConnectionString.Length == 0, "Database:ConnectionString", "set", "empty when Database.Engine is Sqlite");
    }

    private void Nodes(IroriSettings s)
    {
        Unless(s.Node.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && s.Node.Name.Length <= 64,
            "Node:Name", s.Node.Name, "at most 64 letters, digits, dots, dashes and underscores");
        if (s.Bus.Url.Length == 0) return;
        Unless(Uri.TryCreate(s.Bus.Url, UriKind.Absolute, out var broker) && broker.Scheme is "amqp" or "amqps", "Bus:Url", "set to something else",
            "an address such as amqp://user:password@host:5672/vhost");
        Unless(s.Database.Engine == DatabaseEngine.PostgreSql, "Bus:Url", "set", "empty when Database.Engine is Sqlite, which serves one node only");
    }

    private void Delivery(MailSection mail, SmsSection sms)
    {
        if (mail.Host.Length > 0) Unless(Login.Email(mail.From).IsOk, "Mail:From", mail.From, "a sender address such as irori@example.com when Mail.Host is set");
        Unless(sms.Url.Length == 0 || IsWeb(sms.Url), "Sms:Url", sms.Url, "an http or https address");
        var carries = sms.Body.Contains("{code}", StringComparison.Ordinal) || sms.Body.Contains("{text}", StringComparison.Ordinal);
        Unless(carries && IsJson(sms.Body), "Sms:Body", sms.Body, "JSON that holds {code} or {text} inside a string");
    }

    private void Readable(string key, IroriSettings s, string path) =>
        Unless(path.Length == 0 || File.Exists(s.Resolve(path)), key, path, $"a file that exists (looked for {s.Resolve(path)})");

    private void Unless(bool holds, string key, string value, string allowed)
    {
        if (!holds) _mistakes.Add($"{origin(key)} is \"{value}\", but must be {allowed}; correct it.");
    }

    private static bool IsWeb(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static bool IsJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) is not null;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
