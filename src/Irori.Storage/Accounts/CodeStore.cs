using Irori.Core.Accounts;
using Irori.Storage.Sql;

namespace Irori.Storage.Accounts;

internal sealed class CodeStore(SqlSession session) : ICodeStore
{
    public Task PutAsync(string target, CodePurpose purpose, byte[] hash, DateTimeOffset sent, DateTimeOffset expires) => session.ExecuteAsync(
        """
        INSERT INTO codes (target, purpose, hash, tries, sent_at, expires) VALUES (@target, @purpose, @hash, 0, @sent, @expires)
        ON CONFLICT (target, purpose) DO UPDATE SET hash = excluded.hash, tries = 0, sent_at = excluded.sent_at, expires = excluded.expires
        """,
        new { target, purpose = purpose.ToString(), hash, sent, expires });

    public Task<StoredCode?> SpendTryAsync(string target, CodePurpose purpose) => session.FirstAsync<StoredCode>(
        "UPDATE codes SET tries = tries + 1 WHERE target = @target AND purpose = @purpose RETURNING hash, tries, expires",
        new { target, purpose = purpose.ToString() });

    public Task<bool> RemoveAsync(string target, CodePurpose purpose, byte[] hash) => session.TryAsync(
        "DELETE FROM codes WHERE target = @target AND purpose = @purpose AND hash = @hash", new { target, purpose = purpose.ToString(), hash });

    public async Task<IReadOnlyList<DateTimeOffset>> SentSinceAsync(string target, DateTimeOffset since)
    {
        var sent = await session.ListAsync<long>(
            "SELECT sent_at FROM code_counts WHERE target = @target AND sent_at > @since ORDER BY sent_at", new { target, since });
        return [.. sent.Select(DateTimeOffset.FromUnixTimeMilliseconds)];
    }

    public async Task NoteSentAsync(string target, DateTimeOffset at, DateTimeOffset forgetBefore)
    {
        await session.ExecuteAsync("DELETE FROM code_counts WHERE target = @target AND sent_at <= @forgetBefore", new { target, forgetBefore });
        await session.ExecuteAsync("INSERT INTO code_counts (target, sent_at) VALUES (@target, @at)", new { target, at });
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, int limit) =>
        await session.ExecuteAsync(
            "DELETE FROM codes WHERE (target, purpose) IN (SELECT target, purpose FROM codes WHERE expires < @before LIMIT @limit)", new { before, limit })
        + await session.ExecuteAsync(
            "DELETE FROM code_counts WHERE no IN (SELECT no FROM code_counts WHERE sent_at < @before ORDER BY no LIMIT @limit)", new { before, limit });
}
