using System.Security.Cryptography;

namespace Irori.Core.Accounts;

/// <summary>A slow, salted password hash.</summary>
public interface IPasswordHasher
{
    /// <summary>Hashes a password.</summary>
    string Hash(string password);

    /// <summary>Compares in constant time.</summary>
    bool Verify(string hash, string password);
}

/// <summary>The rule for new passwords (CoolKit v2, registration).</summary>
public static class PasswordRule
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int MintedGroup = 5;

    /// <summary>Longest password that is accepted, so that hashing cannot be used to exhaust the processor.</summary>
    public const int MaxLength = 128;

    /// <summary>A random password of about 99 bits that keeps the rule and can be read aloud: four groups without look-alikes.</summary>
    public static string Mint() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, MintedGroup)));

    /// <summary>At least 8 characters with at least two of digits, letters and other characters; null when that holds.</summary>
    public static Fault? Check(string password, string field = "password")
    {
        var kinds = (password.Any(char.IsDigit) ? 1 : 0)
            + (password.Any(char.IsLetter) ? 1 : 0)
            + (password.Any(c => !char.IsLetterOrDigit(c)) ? 1 : 0);
        return password.Length is >= 8 and <= MaxLength && kinds >= 2
            ? null
            : Fault.Invalid(field, $"{field} needs 8 to {MaxLength} characters and at least two of digits, letters and other characters");
    }
}
