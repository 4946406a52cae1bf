using Irori.Core.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Irori.Tests.CoolKit;

/// <summary>The framework's hash with one round, so that a hundred people sign in within a second.</summary>
internal sealed class QuickHasher : IPasswordHasher
{
    private static readonly object Nobody = new();
    private readonly PasswordHasher<object> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));

    public string Hash(string password) => _hasher.HashPassword(Nobody, password);

    public bool Verify(string hash, string password) => _hasher.VerifyHashedPassword(Nobody, hash, password) != PasswordVerificationResult.Failed;
}
