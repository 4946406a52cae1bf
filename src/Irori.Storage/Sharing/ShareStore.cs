using Irori.Core.Sharing;
using Irori.Storage.Sql;

namespace Irori.Storage.Sharing;

internal sealed class ShareStore(SqlSession session) : IShareStore
{
    private const string Columns =
        """
        SELECT no, kind, consent, target_kind, target, sender, receiver, named, code_hash, permit, minutes, comment, state, ended_by, created, changed, until
        FROM shares
        """;

    private const string OfDevice = "target_kind = 'Device' AND target = @device";
    private const string Of = "target_kind = @kind AND target = @No";
    private const string Open = "state IN ('Pending', 'Accepted')";

    public Task<long> AddAsync(Share share) => session.FirstAsync<long>(
        """
        INSERT INTO shares
            (kind, consent, target_kind, target, sender, receiver, named, code_hash, permit, minutes, comment, state, created, changed, until)
        VALUES
            (@kind, @consent, @targetKind, @Target, @Sender, @Receiver, @Named, @CodeHash, @Permit, @Minutes, @Comment, @state, @Created, @Changed, @Until)
        RETURNING no
        """,
        new
        {
            kind = share.Kind.ToString(), consent = share.Consent.ToString(), targetKind = share.TargetKind.ToString(), share.Target, share.Sender, share.Receiver, share.Named, share.CodeHash, share.Permit,
            share.Minutes, share.Comment, state = share.State.ToString(), share.Created, share.Changed, share.Until,
        });

    public Task<Share?> FindAsync(long no) => session.FirstAsync<Share>($"{Columns} WHERE no = @no", new { no });

    public Task<Share?> FindOpenAsync(SharedThing of, long receiver) => session.FirstAsync<Share>(
        $"{Columns} WHERE {Of} AND receiver = @receiver AND {Open}", new { kind = of.Kind.ToString(), of.No, receiver });

    public Task<Share?> FindLastLiveAsync(long device, long receiver) => session.FirstAsync<Share>(
        $"{Columns} WHERE {OfDevice} AND receiver = @receiver AND consent = 'Live' ORDER BY no DESC LIMIT 1", new { device, receiver });

    public Task<Share?> FindCodeAsync(byte[] hash) => session.FirstAsync<Share>($"{Columns} WHERE code_hash = @hash AND state = 'Pending'", new { hash });

    public Task<int> CountOpenAsync(SharedThing of) => session.FirstAsync<int>(
        $"SELECT count(*) FROM shares WHERE {Of} AND {Open}", new { kind = of.Kind.ToString(), of.No });

    public Task<IReadOnlyList<Invitation>> InvitationsAsync(long account, long app, InvitationQuery query) => session.ListAsync<Invitation>(
        $"{AsSeen(query.Sent ? "receiver" : "sender")} {Asked(query)} ORDER BY s.no DESC LIMIT @limit OFFSET @skip", Parameters(account, app, query));

    public Task<int> CountInvitationsAsync(long account, long app, InvitationQuery query) => session.FirstAsync<int>(
        $"SELECT count(*) FROM shares s JOIN devices d ON d.no = s.target JOIN products p ON p.no = d.product {Asked(query)}", Parameters(account, app, query));

    public Task<Invitation?> FindOfferAsync(long no) => session.FirstAsync<Invitation>($"{AsSeen("sender")} WHERE s.no = @no", new { no, account = 0L });

    public Task SetAliasAsync(long no, bool bySender, string alias) => session.ExecuteAsync(
        bySender ? "UPDATE shares SET receiver_alias = @alias WHERE no = @no" : "UPDATE shares SET sender_alias = @alias WHERE no = @no", new { no, alias });

    // Each of the two is shown the other.
    private static string AsSeen(string other) =>
        $"""
        SELECT s.no, s.kind, s.state, s.created, s.changed, s.until, d.id AS device_id, coalesce(b.alias, d.name) AS device_name, p.name AS product_name,
            a.id AS other_id, s.{other}_alias AS other_alias,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Name' AND l.scope = '') AS other_name,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS other_email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS other_phone
        FROM shares s
        JOIN devices d ON d.no = s.target
        JOIN products p ON p.no = d.product
        LEFT JOIN accounts a ON a.no = s.{other}
        LEFT JOIN bindings b ON b.device = d.no AND b.account = @account
        """;

    private static string Asked(InvitationQuery query) =>
        $"""
        WHERE s.target_kind = 'Device' AND s.{(query.Sent ? "sender" : "receiver")} = @account
            {(query.States is null ? "" : "AND s.state IN (SELECT value FROM json_each(@states))")} {(query.DeviceId is null ? "" : "AND d.id = @device")}
            AND (@app = 0 OR EXISTS (SELECT 1 FROM grants g WHERE g.app = @app AND
                (g.kind = 'All' OR (g.kind = 'Brand' AND g.target = p.brand) OR (g.kind = 'Product' AND g.target = p.no))))
        """;

    private static object Parameters(long account, long app, InvitationQuery query) => new
    {
        account, app, states = SqlSession.List((query.States ?? []).Select(s => s.ToString())), device = query.DeviceId, limit = query.Limit, skip = query.Skip,
    };

    public Task<bool> AnswerAsync(long no, ShareState state, long? receiver, DateTimeOffset? until, DateTimeOffset now) => session.TryAsync(
        """
        UPDATE shares SET state = @state, receiver = coalesce(@receiver, receiver), until = @until, changed = @now WHERE no = @no AND state = 'Pending'
        """,
        new { no, state = state.ToString(), receiver, until, now });

    public async Task ChangeAsync(Share open, int permit, string comment)
    {
        await session.ExecuteAsync("UPDATE shares SET permit = @permit, comment = @comment WHERE no = @No", new { open.No, permit, comment });
        await session.ExecuteAsync(
            "UPDATE bindings SET permit = @permit WHERE account = @Receiver AND device = @Target AND role = 'Guest'", new { open.Receiver, open.Target, permit });
    }

    public Task EndOpenAsync(SharedThing of, long? receiver, ShareEnd by, DateTimeOffset now) => session.ExecuteAsync(
        $"""
        UPDATE shares SET state = 'Ended', ended_by = @by, changed = @now
        WHERE {Of} AND (@receiver IS NULL OR receiver = @receiver) AND {Open}
        """,
        new { kind = of.Kind.ToString(), of.No, receiver, by = by.ToString(), now });

    public Task<IReadOnlyList<SharePerson>> ReceiversAsync(IEnumerable<long> devices) => session.ListAsync<SharePerson>(
        """
        SELECT s.target AS device, a.id AS account_id, s.permit, a.nickname, s.comment, b.since,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.value = s.named) AS email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.value = s.named) AS phone
        FROM shares s JOIN bindings b ON b.account = s.receiver AND b.device = s.target JOIN accounts a ON a.no = s.receiver
        WHERE s.target_kind = 'Device' AND s.state = 'Accepted' AND s.target IN (SELECT CAST(value AS BIGINT) FROM json_each(@list))
        ORDER BY s.target, b.since, s.no
        """,
        new { list = SqlSession.List(devices) });

    public Task<IReadOnlyList<SharePerson>> SendersAsync(long receiver, IEnumerable<long> devices) => session.ListAsync<SharePerson>(
        """
        SELECT s.target AS device, a.id AS account_id, s.permit, a.nickname, s.comment, b.since,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS phone
        FROM shares s JOIN bindings b ON b.account = s.receiver AND b.device = s.target JOIN accounts a ON a.no = s.sender
        WHERE s.receiver = @receiver AND s.target_kind = 'Device' AND s.state = 'Accepted'
            AND s.target IN (SELECT CAST(value AS BIGINT) FROM json_each(@list))
        """,
        new { receiver, list = SqlSession.List(devices) });

    public Task<IReadOnlyList<SharePerson>> HostsAsync(long member, IEnumerable<long> devices) => session.ListAsync<SharePerson>(
        """
        SELECT b.device, a.id AS account_id, b.permit, a.nickname, '' AS comment, b.since,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS phone
        FROM bindings b JOIN bindings ob ON ob.device = b.device AND ob.role = 'Owner' JOIN accounts a ON a.no = ob.account
        WHERE b.account = @member AND b.role = 'Member' AND b.device IN (SELECT CAST(value AS BIGINT) FROM json_each(@list))
        """,
        new { member, list = SqlSession.List(devices) });

    public Task<IReadOnlyList<HomeInvitation>> InvitationsAsync(long receiver, DateTimeOffset now, int limit) => session.ListAsync<HomeInvitation>(
        """
        SELECT s.no AS share, h.name AS home_name, a.id AS account_id, a.nickname, s.created, s.until,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind IN ('Email', 'Phone') AND l.scope = '') AS login
        FROM shares s JOIN homes h ON h.no = s.target JOIN accounts a ON a.no = s.sender
        WHERE s.receiver = @receiver AND s.target_kind = 'Home' AND s.state = 'Pending' AND s.until > @now
        ORDER BY s.no LIMIT @limit
        """,
        new { receiver, now, limit });

    public Task<IReadOnlyList<HomeInvitation>> InvitedAsync(long home, DateTimeOffset now, int limit) => session.ListAsync<HomeInvitation>(
        """
        SELECT s.no AS share, h.name AS home_name, a.id AS account_id, '' AS nickname, s.named AS login, s.created, s.until
        FROM shares s JOIN homes h ON h.no = s.target JOIN accounts a ON a.no = s.receiver
        WHERE s.target_kind = 'Home' AND s.target = @home AND s.state = 'Pending' AND s.until > @now
        ORDER BY s.no LIMIT @limit
        """,
        new { home, now, limit });

    public Task<IReadOnlyList<ShareOffer>> OffersAsync(long receiver, DateTimeOffset now, int limit) => session.ListAsync<ShareOffer>(
        """
        SELECT s.no AS share, d.product, d.id AS device_id, d.name AS device_name, a.id AS owner_id, a.nickname AS owner_name, s.permit, s.comment, s.created, s.until,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS owner_email,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS owner_phone
        FROM shares s JOIN devices d ON d.no = s.target JOIN accounts a ON a.no = s.sender
        WHERE s.receiver = @receiver AND s.target_kind = 'Device' AND s.consent = 'Live' AND s.state = 'Pending' AND s.until > @now
        ORDER BY s.no LIMIT @limit
        """,
        new { receiver, now, limit });

    public Task<IReadOnlyList<Share>> DueAsync(DateTimeOffset now, int limit) => session.ListAsync<Share>(
        $"{Columns} WHERE until IS NOT NULL AND until <= @now AND {Open} ORDER BY until LIMIT @limit", new { now, limit });

    public Task RemoveAllAsync(long account) => session.ExecuteAsync("DELETE FROM shares WHERE sender = @account OR receiver = @account", new { account });
}
