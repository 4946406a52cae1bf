using System.Data.Common;
using Dapper;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Irori.Storage.Projects;
using Irori.Storage.Sql;

namespace Irori.Storage.Accounts;

internal sealed class SessionStore(SqlSession session) : ISessionStore
{
    private const string Fields = "s.no, s.account, s.app, s.access_hash, s.access_until, s.refresh_hash, s.refresh_until, s.ended, s.ip";

    private static readonly string OneByAccess = ByAccess("", "", "@hash");
    private static readonly int FieldCount = Fields.Split(',').Length;
    private static readonly int AccountFieldCount = AccountStore.Fields.Split(',').Length;

    /// <summary>Every request asks this: one query instead of three. PostgreSQL asks it of many hashes, with a column before the others.</summary>
    public static string ByAccess(string place, string asked, string hash) =>
        $"""
        SELECT {place} {Fields}, {AccountStore.Fields}, {ProjectStore.Fields}
        FROM {asked} sessions s JOIN accounts a ON a.no = s.account JOIN apps p ON p.no = s.app WHERE s.access_hash = {hash}
        """;

    /// <summary>Reads rows of <see cref="ByAccess"/>, from one of their columns on.</summary>
    public static Func<DbDataReader, SignedIn> Parser(DbDataReader answer, int from)
    {
        var session = answer.GetRowParser<Session>(startIndex: from, length: FieldCount);
        var account = answer.GetRowParser<Account>(startIndex: from + FieldCount, length: AccountFieldCount);
        var app = answer.GetRowParser<App>(startIndex: from + FieldCount + AccountFieldCount);
        return row => new SignedIn(session(row), account(row), app(row));
    }

    public Task<long> AddAsync(Session opened, DateTimeOffset now) => session.FirstAsync<long>(
        """
        INSERT INTO sessions (account, app, access_hash, access_until, refresh_hash, refresh_until, opened, ip)
        VALUES (@Account, @App, @AccessHash, @AccessUntil, @RefreshHash, @RefreshUntil, @now, @Ip)
        RETURNING no
        """,
        new { opened.Account, opened.App, opened.AccessHash, opened.AccessUntil, opened.RefreshHash, opened.RefreshUntil, now, opened.Ip });

    public async Task<SignedIn?> FindByAccessAsync(byte[] hash) => (await session.Connection.QueryAsync<Session, Account, App, SignedIn>(
        OneByAccess, static (opened, account, app) => new SignedIn(opened, account, app), new { hash }, session.Transaction, splitOn: "no,no")).FirstOrDefault();

    public Task<Session?> FindByRefreshAsync(byte[] hash) => session.FirstAsync<Session>($"SELECT {Fields} FROM sessions s WHERE s.refresh_hash = @hash", new { hash });

    public Task<bool> RotateAsync(long no, byte[] oldRefresh, Session renewed) => session.TryAsync(
        """
        UPDATE sessions SET access_hash = @AccessHash, access_until = @AccessUntil, refresh_hash = @RefreshHash, refresh_until = @RefreshUntil
        WHERE no = @no AND refresh_hash = @oldRefresh AND ended IS NULL
        """,
        new { no, oldRefresh, renewed.AccessHash, renewed.AccessUntil, renewed.RefreshHash, renewed.RefreshUntil });

    public Task EndAsync(long no, DateTimeOffset now) =>
        session.ExecuteAsync("UPDATE sessions SET ended = @now WHERE no = @no AND ended IS NULL", new { no, now });

    public Task<IReadOnlyList<long>> EndAllAsync(long account, long? app, long? except, DateTimeOffset now) => session.ListAsync<long>(
        """
        UPDATE sessions SET ended = @now
        WHERE account = @account AND ended IS NULL AND (@app = 0 OR app = @app) AND no <> @except
        RETURNING no
        """,
        new { account, app = app ?? 0, except = except ?? 0, now });

    public Task<IReadOnlyList<long>> OpenAmongAsync(IReadOnlyList<long> sessions) => session.ListAsync<long>(
        $"""
        SELECT s.no FROM sessions s JOIN apps a ON a.no = s.app
        WHERE s.no IN ({session.Engine.Numbers("@list")}) AND s.ended IS NULL AND a.disabled = FALSE
        """,
        new { list = SqlSession.List(sessions) });

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        """
        DELETE FROM sessions WHERE no IN
            (SELECT no FROM sessions WHERE ended < @before OR refresh_until < @before ORDER BY no LIMIT @limit)
        """,
        new { before, limit });
}
