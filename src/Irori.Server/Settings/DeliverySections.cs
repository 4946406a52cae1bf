using System.ComponentModel.DataAnnotations;

namespace Irori.Server.Settings;

/// <summary>How verification codes reach people.</summary>
public enum CodeDelivery
{
    /// <summary>By mail and SMS, as far as these are configured.</summary>
    Send,

    /// <summary>Kept in memory and shown to operators in the console. For development: whoever runs the server can sign up as anybody.</summary>
    Outbox,
}

/// <summary>The mail server for codes to e-mail logins.</summary>
public sealed record MailSection
{
    /// <summary>Host of the SMTP server; empty: codes cannot be mailed.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    /// <summary>User name; empty: without authentication.</summary>
    public string User { get; init; } = "";

    /// <summary>Password of the user.</summary>
    [Secret]
    public string Password { get; init; } = "";

    /// <summary>Sender address.</summary>
    public string From { get; init; } = "";

    /// <summary>True: the connection is upgraded by STARTTLS before anything is said.</summary>
    public bool StartTls { get; init; } = true;
}

/// <summary>The HTTP hook for codes to phone logins.</summary>
public sealed record SmsSection
{
    /// <summary>Address that is posted to; empty: codes cannot be sent by SMS.</summary>
    public string Url { get; init; } = "";

    /// <summary>Headers of the request, for instance Authorization.</summary>
    [Secret]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>JSON body; {to}, {code} and {text} are replaced by the number, the code and the whole message.</summary>
    public string Body { get; init; } = """{"to":"{to}","text":"{text}"}""";
}

/// <summary>The HTTP hook that says whether a third party knows a person who signs in with its word.</summary>
public sealed record ThirdPartySection
{
    /// <summary>Address that {"src", "uid", "token"} is posted to; a status of 200 to 299 says yes. Empty: nobody signs in so.</summary>
    public string Url { get; init; } = "";

    /// <summary>Headers of the request, for instance Authorization.</summary>
    [Secret]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
