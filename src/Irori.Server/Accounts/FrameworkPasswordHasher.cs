using Irori.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Irori.Server.Accounts;

/// <summary>The framework's slow hash: PBKDF2 with HMAC-SHA512, a random salt and its parameters inside the text.</summary>
internal sealed class FrameworkPasswordHasher : IPasswordHasher
{
    private static readonly object Nobody = new();
    private readonly PasswordHasher<object> _hasher = new();

    public string Hash(string password) => _hasher.HashPassword(Nobody, password);

    public bool Verify(string hash, string password) => _hasher.VerifyHashedPassword(Nobody, hash, password) != PasswordVerificationResult.Failed;
}
