namespace Irori.Core.Limits;

/// <summary>How much everybody may ask of an installation. It guards against programs that run wild, not against people.</summary>
public sealed record CallLimits
{
    /// <summary>One operation, of one session.</summary>
    public required Rate Call { get; init; }

    /// <summary>All operations of one session.</summary>
    public required Rate Session { get; init; }

    /// <summary>One operation of whoever has no session, from one address.</summary>
    public required Rate AnonymousCall { get; init; }

    /// <summary>All operations of those who have no session, from one address.</summary>
    public required Rate Address { get; init; }

    /// <summary>Sign-ins on long connections, of one account.</summary>
    public required Rate SignIns { get; init; }

    /// <summary>Ways of devices to the server, from one address: asking where it is, connecting, fetching firmware. Apps connect in the same way.</summary>
    public Rate Connections { get; init; } = new(1_000, TimeSpan.FromMilliseconds(10));

    /// <summary>Messages of one long connection, and of all those of one session.</summary>
    public Rate Messages { get; init; } = new(200, TimeSpan.FromMilliseconds(20));

    /// <summary>More than a house full of people and programs asks for.</summary>
    public static CallLimits Home { get; } = new()
    {
        Call = new(200, TimeSpan.FromMilliseconds(50)),
        Session = new(600, TimeSpan.FromMilliseconds(10)),
        AnonymousCall = new(60, TimeSpan.FromMilliseconds(100)),
        Address = new(300, TimeSpan.FromMilliseconds(20)),
        SignIns = new(60, TimeSpan.FromSeconds(1)),
    };

    /// <summary>
    /// What CoolKit's document asks of its clients (CoolKit v2, notes): the same call 500 ms apart, 300 calls in 5 minutes, no repeated sign-ins on the
    /// long connection, for which it has no number. A client that keeps these is never refused.
    /// </summary>
    public static CallLimits Documented { get; } = new()
    {
        Call = new(1, TimeSpan.FromMilliseconds(500)),
        Session = new(300, TimeSpan.FromSeconds(1)),
        AnonymousCall = new(1, TimeSpan.FromMilliseconds(500)),
        Address = new(300, TimeSpan.FromSeconds(1)),
        SignIns = new(10, TimeSpan.FromSeconds(30)),
    };

    /// <summary>What one of so many nodes gives out, when calls are spread evenly over them.</summary>
    public CallLimits Shared(int nodes) => this with
    {
        Call = Call.Shared(nodes), Session = Session.Shared(nodes), AnonymousCall = AnonymousCall.Shared(nodes), Address = Address.Shared(nodes),
        SignIns = SignIns.Shared(nodes), Connections = Connections.Shared(nodes),
    };
}
