using System.Globalization;
using System.Security.Cryptography;
using Irori.Core.Installation;

namespace Irori.Core.Accounts;

/// <summary>A picture's text that a person has to read.</summary>
/// <param name="Id">Names it when the text is shown.</param>
/// <param name="Picture">Names its picture; who has it cannot read the text from it.</param>
public sealed record Captcha(string Id, string Picture);

/// <summary>
/// Texts in pictures, which tell people from programs. The text is stored as a keyed hash, good for one right answer or a few wrong ones; the name of the
/// picture carries it encrypted, so that any node can draw it.
/// </summary>
public sealed class CaptchaService(IDatabase database, KeyRing keys, TimeProvider time)
{
    /// <summary>Letters and digits that cannot be taken for one another.</summary>
    public const string Alphabet = "ACEFHJKLMNPRTUWXY3479";

    /// <summary>Letters of a text.</summary>
    public const int Length = 5;

    /// <summary>How long a text is good for.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const int MaxTries = 3;

    /// <summary>Makes one.</summary>
    public async Task<Result<Captcha>> MakeAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var (id, text) = (Ids.Token(), RandomNumberGenerator.GetString(Alphabet, Length));
        var stored = await database.WriteAsync<Done>(
            async s =>
            {
                await s.Codes.PutAsync(Target(id), CodePurpose.Captcha, Hash(id, text), now, now + Life);
                return new Done();
            },
            cancel);
        var until = (now + Life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return stored.IsOk ? new Captcha(id, Convert.ToHexStringLower(keys.Encrypt($"{until} {text}"))) : stored.Fault!;
    }

    /// <summary>The text of a picture; null when there is no such picture, or no longer.</summary>
    public string? Read(string picture)
    {
        if (picture.Length > 200 || picture.Length % 2 != 0 || !picture.All(char.IsAsciiHexDigit)) return null;
        try
        {
            var parts = keys.DecryptText(Convert.FromHexString(picture)).Split(' ');
            return parts.Length == 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var until) && until > time.GetUtcNow().ToUnixTimeSeconds() ? parts[1] : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Uses a text up, in capitals or not. Faults as those of a wrong code; every try is counted.</summary>
    public async Task<Result<Done>> AnswerAsync(string id, string text, CancellationToken cancel)
    {
        if (id.Length > 64) return CodeService.Wrong;
        var hash = Hash(id, text.Trim().ToUpperInvariant());
        var tried = await database.WriteAsync<bool>(
            async s =>
            {
                if (await s.Codes.SpendTryAsync(Target(id), CodePurpose.Captcha) is not { } found) return false;
                if (found.Tries > MaxTries || found.Expires <= time.GetUtcNow() || !CryptographicOperations.FixedTimeEquals(found.Hash, hash)) return false;
                return await s.Codes.RemoveAsync(Target(id), CodePurpose.Captcha, hash);
            },
            cancel);
        if (tried.Fault is { } fault) return fault;
        return tried.Value ? new Done() : CodeService.Wrong;
    }

    private byte[] Hash(string id, string text) => keys.HashShort($"captcha\n{id}", text);

    private static string Target(string id) => $"captcha:{id}";
}
