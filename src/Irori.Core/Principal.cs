using Irori.Core.Accounts;
using Irori.Core.Projects;

namespace Irori.Core;

/// <summary>Who is asking: a person in an app. Every operation of Core takes one and checks it.</summary>
/// <param name="Account">The person.</param>
/// <param name="App">The program; it bounds which products are seen.</param>
/// <param name="Session">The session, or 0 for the command line.</param>
/// <param name="Ip">The address, for the record, never for trust.</param>
public sealed record Principal(Account Account, App App, long Session, string? Ip);
