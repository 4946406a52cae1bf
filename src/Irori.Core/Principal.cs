using Irori.Core.Accounts;
using Irori.Core.Projects;

namespace Irori.Core;

/// <summary>Who is asking: a person in an app. Every operation of Core takes one and checks it.</summary>
/// <param name="Account">The person.</param>
/// <param name="App">The program; it bounds which products are seen.</param>
/// <param name="Session">The session, or 0 for the command line.</param>
/// <param name="Ip">The address, for the record, never for trust.</param>
public sealed record Principal(Account Account, App App, long Session, string? Ip)
{
    /// <summary>What leads to what it asks: app, or schedule, scene, rule where it acts for the person while he is not there.</summary>
    public string Source { get; init; } = AppSource;

    /// <summary>The person himself.</summary>
    public const string AppSource = "app";

    /// <summary>
    /// Who acts for a person while he is not there, through no app of his own: it may what he may at that moment, with every product. Its names stand in the record.
    /// </summary>
    internal static Principal ActingFor(long account, string accountId, string appId, string source) => new(
        new Account { No = account, Id = accountId, Region = "", CallingCode = "", Lang = "", Nickname = "", Created = default },
        new App { Id = appId, Project = 0, Dialect = "", Kind = AppKind.Cloud, SecretEnc = [], SingleSession = false, AccessSeconds = 0, RefreshSeconds = 0, Disabled = false },
        Session: 0, Ip: null)
    {
        Source = source,
    };
}
