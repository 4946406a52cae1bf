using System.Security.Cryptography;
using Irori.Core.Installation;

namespace Irori.Core.Accounts;

/// <summary>What a verification code is good for.</summary>
public enum CodePurpose
{
    /// <summary>Sign-up.</summary>
    Register,

    /// <summary>A new password.</summary>
    ResetPassword,

    /// <summary>Closing the account.</summary>
    CloseAccount,

    /// <summary>Signing in without a password.</summary>
    SignIn,
}

/// <summary>Carries a code to a person.</summary>
public interface ICodeSender
{
    /// <summary>Sends within a bounded time; a fault when it could not be handed over.</summary>
    Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel);
}

/// <summary>What is sent.</summary>
public sealed record CodeMessage(Login To, CodePurpose Purpose, string Code, string Lang, DateTimeOffset At);

/// <summary>A stored code: only its keyed hash.</summary>
public sealed class StoredCode
{
    /// <summary>Keyed hash of target, purpose and code.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Wrong tries so far, this one included.</summary>
    public required int Tries { get; init; }

    /// <summary>Not valid from here on.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>Storage of codes and of how often a target was sent one.</summary>
public interface ICodeStore
{
    /// <summary>Replaces the target's code of a purpose.</summary>
    Task PutAsync(string target, CodePurpose purpose, byte[] hash, DateTimeOffset sent, DateTimeOffset expires);

    /// <summary>Counts a try and answers the code with that try counted, or null.</summary>
    Task<StoredCode?> SpendTryAsync(string target, CodePurpose purpose);

    /// <summary>Uses the code up; false when somebody else was faster.</summary>
    Task<bool> RemoveAsync(string target, CodePurpose purpose, byte[] hash);

    /// <summary>When the target was sent codes since a time, oldest first.</summary>
    Task<IReadOnlyList<DateTimeOffset>> SentSinceAsync(string target, DateTimeOffset since);

    /// <summary>Notes a sending, and forgets those before a time.</summary>
    Task NoteSentAsync(string target, DateTimeOffset at, DateTimeOffset forgetBefore);

    /// <summary>Removes codes that expired, and sendings that were noted, before a time; at most <paramref name="limit"/> of each.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit);
}

/// <summary>Verification codes: six digits, ten minutes, five tries, and the documented limits per target.</summary>
public sealed class CodeService(IDatabase database, KeyRing keys, ICodeSender sender, TimeProvider time)
{
    /// <summary>How long a code is good for.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>For how long sendings are remembered, for the longest of the limits.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    /// <summary>The field of faults that concern a code.</summary>
    public const string Field = "verificationCode";

    /// <summary>Wrong tries after which a code is dead.</summary>
    public const int MaxTries = 5;

    /// <summary>Per e-mail address or phone number: 3 a minute, 20 an hour, 100 a day (CoolKit v2, verification-code).</summary>
    private static readonly (TimeSpan Window, int Limit)[] Limits =
        [(TimeSpan.FromMinutes(1), 3), (TimeSpan.FromHours(1), 20), (TimeSpan.FromDays(1), 100)];

    /// <summary>
    /// Makes and sends a code. The code is stored before it is sent, and counted whether or not sending succeeds: then <see cref="FaultKind.Unavailable"/> with
    /// <see cref="Field"/>.
    /// </summary>
    public async Task<Result<Done>> SendAsync(Login to, CodePurpose purpose, string lang, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var code = Ids.Code();
        var stored = await database.WriteAsync<Done>(
            async s =>
            {
                var sent = await s.Codes.SentSinceAsync(Target(to), now - Limits[^1].Window);
                if (Exceeded(sent, now) is { } wait)
                    return new Fault(FaultKind.Throttled, $"Codes are requested too often, try again in {Math.Ceiling(wait.TotalSeconds)} s", Field, RetryAfter: wait);
                await s.Codes.PutAsync(Target(to), purpose, Hash(to, purpose, code), now, now + Life);
                await s.Codes.NoteSentAsync(Target(to), now, now - Limits[^1].Window);
                return new Done();
            },
            cancel);
        var sent = stored.IsOk ? await sender.SendAsync(new CodeMessage(to, purpose, code, lang, now), cancel) : stored;
        IroriMeter.CodeRequested(sent.Fault);
        return stored.IsOk && sent.Fault is { } unsent ? unsent with { Field = Field } : sent;
    }

    /// <summary>
    /// Checks a code and counts the try, in a transaction of its own so that a wrong guess is counted even when all else is rolled back.
    /// The answer is what <see cref="UseAsync"/> needs to use the code up inside the caller's transaction.
    /// </summary>
    public async Task<Result<VerifiedCode>> VerifyAsync(Login target, CodePurpose purpose, string code, CancellationToken cancel)
    {
        var stored = await database.WriteAsync<StoredCode?>(
            async s => await s.Codes.SpendTryAsync(Target(target), purpose), cancel);
        if (stored.Fault is { } fault) return fault;
        var found = stored.Value;
        var hash = Hash(target, purpose, code);
        var right = found is not null && found.Tries <= MaxTries && found.Expires > time.GetUtcNow()
            && CryptographicOperations.FixedTimeEquals(found.Hash, hash);
        return right ? new VerifiedCode(Target(target), purpose, hash) : Wrong;
    }

    /// <summary>Uses a verified code up within a unit of work; false when it was used meanwhile.</summary>
    public static Task<bool> UseAsync(IStores stores, VerifiedCode code) => stores.Codes.RemoveAsync(code.Target, code.Purpose, code.Hash);

    /// <summary>The fault of a wrong, used or expired code.</summary>
    public static Fault Wrong { get; } = new(FaultKind.WrongCode, "The verification code is wrong, used up or expired", Field);

    private byte[] Hash(Login to, CodePurpose purpose, string code) => keys.HashShort($"code\n{Target(to)}\n{purpose}", code);

    private static string Target(Login login) => $"{login.Kind}:{login.Value}";

    private static TimeSpan? Exceeded(IReadOnlyList<DateTimeOffset> sent, DateTimeOffset now)
    {
        foreach (var (window, limit) in Limits)
        {
            var inside = sent.Where(at => at > now - window).ToList();
            if (inside.Count >= limit) return inside[^limit] + window - now;
        }

        return null;
    }
}

/// <summary>A code that was right, still to be used up.</summary>
public sealed record VerifiedCode(string Target, CodePurpose Purpose, byte[] Hash);
