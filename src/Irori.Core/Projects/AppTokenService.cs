using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Irori.Core.Installation;

namespace Irori.Core.Projects;

/// <summary>A token of an app without a person.</summary>
/// <param name="Token">56 lower-case hex digits.</param>
/// <param name="Until">Good until then.</param>
public sealed record AppToken(string Token, DateTimeOffset Until);

/// <summary>
/// Tokens of apps that have shown their secret. They are signed with the installation's key and not stored: every node knows them, and they end with
/// their time or with the app.
/// </summary>
public sealed class AppTokenService(KeyRing keys, TimeProvider time)
{
    private const int UntilLength = 8;
    private const int MarkLength = 48;

    /// <summary>A fresh token, for as long as the app's sessions live.</summary>
    public AppToken Issue(App app)
    {
        var until = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds() + app.AccessSeconds);
        var text = until.ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture);
        return new AppToken(text + Mark(app, text), until);
    }

    /// <summary>What is wrong with a token of this app, or null: <see cref="FaultKind.SessionEnded"/>, <see cref="FaultKind.SessionExpired"/>.</summary>
    public Fault? Check(App app, string token)
    {
        var shaped = token.Length == UntilLength + MarkLength && token.All(char.IsAsciiHexDigit);
        var right = shaped && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(token[UntilLength..]), Encoding.ASCII.GetBytes(Mark(app, token[..UntilLength])));
        if (!right) return new Fault(FaultKind.SessionEnded, "The app's token is not valid, request a new one");
        return long.Parse(token.AsSpan(0, UntilLength), NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= time.GetUtcNow().ToUnixTimeSeconds()
            ? new Fault(FaultKind.SessionExpired, "The app's token has expired, request a new one")
            : null;
    }

    private string Mark(App app, string until) => Convert.ToHexStringLower(keys.HashShort($"app-token\n{app.Id}", until))[..MarkLength];
}
