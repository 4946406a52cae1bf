using Irori.Core.Accounts;
using Irori.Storage.Sql;

namespace Irori.Storage.Accounts;

internal sealed class AccountStore(SqlSession session) : IAccountStore
{
    /// <summary>The columns of an account, of the table as a.</summary>
    public const string Fields =
        """
        a.no, a.id, a.region, a.calling_code, a.lang, a.nickname, a.accepts_ads, a.consulted, a.password_hash, a.current_home, a.created, a.closed,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS phone,
            EXISTS (SELECT 1 FROM operators p WHERE p.account = a.no) AS is_operator
        """;

    private const string Columns = $"SELECT {Fields} FROM accounts a";

    public Task<Account?> FindAsync(Login login) => session.FirstAsync<Account>(
        $"{Columns} JOIN logins o ON o.account = a.no WHERE o.kind = @kind AND o.scope = @Scope AND o.value = @Value AND a.closed IS NULL",
        new { kind = login.Kind.ToString(), login.Scope, login.Value });

    public Task<Account?> FindAsync(long no) => session.FirstAsync<Account>($"{Columns} WHERE a.no = @no", new { no });

    public Task<Account?> FindAsync(string id) => session.FirstAsync<Account>($"{Columns} WHERE a.id = @id", new { id });

    public Task<IReadOnlyList<Account>> ListAsync(string after, int limit) => session.ListAsync<Account>(
        $"{Columns} WHERE a.id > @after AND a.closed IS NULL ORDER BY a.id LIMIT @limit", new { after, limit });

    public async Task<long?> AddAsync(Account account, Login login, DateTimeOffset verified)
    {
        if (await FindAsync(login) is not null) return null;
        var no = await session.FirstAsync<long>(
            """
            INSERT INTO accounts (id, region, calling_code, lang, nickname, accepts_ads, consulted, password_hash, created)
            VALUES (@Id, @Region, @CallingCode, @Lang, @Nickname, @AcceptsAds, @Consulted, @PasswordHash, @Created)
            RETURNING no
            """,
            account);
        return await AddLoginAsync(no, login, verified) ? no : null;
    }

    public Task<bool> AddLoginAsync(long account, Login login, DateTimeOffset verified) => session.TryAsync(
        """
        INSERT INTO logins (kind, scope, value, account, verified_at) VALUES (@kind, @Scope, @Value, @account, @verified)
        ON CONFLICT (kind, scope, value) DO NOTHING
        """,
        new { kind = login.Kind.ToString(), login.Scope, login.Value, account, verified });

    public async Task<IReadOnlyList<Login>> LoginsAsync(long account)
    {
        var rows = await session.ListAsync<LoginRow>("SELECT kind, scope, value FROM logins WHERE account = @account ORDER BY kind, scope, value", new { account });
        return [.. rows.Select(r => new Login(Enum.Parse<LoginKind>(r.Kind), r.Value, r.Scope))];
    }

    public Task RemoveLoginsAsync(long account, LoginKind kind) =>
        session.ExecuteAsync("DELETE FROM logins WHERE account = @account AND kind = @kind", new { account, kind = kind.ToString() });

    public async Task<string> ProfileAsync(long account) => await session.FirstAsync<string>("SELECT profile FROM accounts WHERE no = @account", new { account }) ?? "{}";

    public Task SetProfileAsync(long account, string profile) =>
        session.ExecuteAsync("UPDATE accounts SET profile = @profile WHERE no = @account", new { account, profile });

    public Task SetPasswordAsync(long account, string hash) =>
        session.ExecuteAsync("UPDATE accounts SET password_hash = @hash WHERE no = @account", new { account, hash });

    public Task SetProfileAsync(long account, string? nickname, bool? acceptsAds, bool? consulted, string? lang) => session.ExecuteAsync(
        """
        UPDATE accounts SET nickname = coalesce(@nickname, nickname), accepts_ads = coalesce(@acceptsAds, accepts_ads),
            consulted = coalesce(@consulted, consulted), lang = coalesce(@lang, lang)
        WHERE no = @account
        """,
        new { account, nickname, acceptsAds, consulted, lang });

    public Task SetCurrentHomeAsync(long account, string? home) =>
        session.ExecuteAsync("UPDATE accounts SET current_home = @home WHERE no = @account", new { account, home });

    public async Task CloseAsync(long account, DateTimeOffset now)
    {
        await session.ExecuteAsync("DELETE FROM logins WHERE account = @account", new { account });
        await session.ExecuteAsync("DELETE FROM operators WHERE account = @account", new { account });
        await session.ExecuteAsync(
            """
            UPDATE accounts SET nickname = '', profile = '{}', password_hash = NULL, current_home = NULL, calling_code = '', accepts_ads = FALSE, consulted = FALSE, closed = @now
            WHERE no = @account
            """,
            new { account, now });
    }

    public async Task<bool> IsOperatorAsync(long account) =>
        await session.FirstAsync<long>("SELECT count(*) FROM operators WHERE account = @account", new { account }) > 0;

    public Task AddOperatorAsync(long account, string role) => session.ExecuteAsync(
        "INSERT INTO operators (account, role) VALUES (@account, @role) ON CONFLICT (account) DO UPDATE SET role = excluded.role", new { account, role });

    private sealed class LoginRow
    {
        public required string Kind { get; init; }

        public required string Scope { get; init; }

        public required string Value { get; init; }
    }
}
