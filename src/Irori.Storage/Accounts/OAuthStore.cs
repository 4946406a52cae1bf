using Irori.Core.Accounts;
using Irori.Storage.Sql;

namespace Irori.Storage.Accounts;

internal sealed class OAuthStore(SqlSession session) : IOAuthStore
{
    public Task AddAsync(OAuthCode code) => session.ExecuteAsync(
        "INSERT INTO oauth_codes (hash, app, account, redirect, until) VALUES (@Hash, @App, @Account, @Redirect, @Until)",
        new { code.Hash, code.App, code.Account, code.Redirect, code.Until });

    public Task<OAuthCode?> TakeAsync(byte[] hash) => session.FirstAsync<OAuthCode>(
        "DELETE FROM oauth_codes WHERE hash = @hash RETURNING hash, app, account, redirect, until", new { hash });

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM oauth_codes WHERE hash IN (SELECT hash FROM oauth_codes WHERE until < @before ORDER BY until LIMIT @limit)", new { before, limit });
}
