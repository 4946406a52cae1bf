using Irori.Core.Projects;
using Irori.Storage.Sql;

namespace Irori.Storage.Projects;

internal sealed class ProjectStore(SqlSession session) : IProjectStore
{
    /// <summary>The columns of an app, of the table as p.</summary>
    public const string Fields = "p.no, p.id, p.project, p.dialect, p.kind, p.secret_enc, p.single_session, p.access_seconds, p.refresh_seconds, p.disabled";

    private const string Columns = $"SELECT {Fields} FROM apps p";

    public async Task<long> EnsureProjectAsync(string id, string name)
    {
        await session.ExecuteAsync("INSERT INTO projects (id, name) VALUES (@id, @name) ON CONFLICT (id) DO NOTHING", new { id, name });
        return await session.FirstAsync<long>("SELECT no FROM projects WHERE id = @id", new { id });
    }

    public Task<App?> FindAppAsync(string id) => session.FirstAsync<App>($"{Columns} WHERE id = @id", new { id });

    public Task<App?> FindAppAsync(long no) => session.FirstAsync<App>($"{Columns} WHERE no = @no", new { no });

    public Task<IReadOnlyList<App>> ListAppsAsync(string after, int limit) =>
        session.ListAsync<App>($"{Columns} WHERE id > @after ORDER BY id LIMIT @limit", new { after, limit });

    public Task<long> AddAppAsync(App app) => session.FirstAsync<long>(
        """
        INSERT INTO apps (id, project, dialect, kind, secret_enc, single_session, access_seconds, refresh_seconds, disabled)
        VALUES (@Id, @Project, @Dialect, @kind, @SecretEnc, @SingleSession, @AccessSeconds, @RefreshSeconds, @Disabled)
        RETURNING no
        """,
        new
        {
            app.Id, app.Project, app.Dialect, kind = app.Kind.ToString(), app.SecretEnc, app.SingleSession, app.AccessSeconds, app.RefreshSeconds, app.Disabled,
        });

    public Task<IReadOnlyList<string>> RedirectsAsync(long app) => session.ListAsync<string>("SELECT uri FROM app_redirects WHERE app = @app ORDER BY uri", new { app });

    public Task<IReadOnlyList<AppRedirect>> RedirectsAsync(IReadOnlyCollection<long> apps) => session.ListAsync<AppRedirect>(
        "SELECT app, uri FROM app_redirects WHERE app IN (SELECT CAST(value AS BIGINT) FROM json_each(@list)) ORDER BY uri", new { list = SqlSession.List(apps) });

    public Task AddRedirectAsync(long app, string uri) =>
        session.ExecuteAsync("INSERT INTO app_redirects (app, uri) VALUES (@app, @uri) ON CONFLICT (app, uri) DO NOTHING", new { app, uri });

    public Task<bool> RemoveRedirectAsync(long app, string uri) => session.TryAsync("DELETE FROM app_redirects WHERE app = @app AND uri = @uri", new { app, uri });

    public Task<bool> SetDisabledAsync(string id, bool disabled) =>
        session.TryAsync("UPDATE apps SET disabled = @disabled WHERE id = @id", new { id, disabled });

    public Task<IReadOnlyList<Grant>> GrantsAsync(long app) => session.ListAsync<Grant>(
        """
        SELECT g.kind, coalesce(CASE g.kind WHEN 'Brand' THEN b.name WHEN 'Product' THEN p.id END, '') AS target
        FROM grants g LEFT JOIN brands b ON b.no = g.target LEFT JOIN products p ON p.no = g.target
        WHERE g.app = @app ORDER BY g.kind, target
        """,
        new { app });

    public async Task<IReadOnlySet<long>?> VisibleProductsAsync(long app)
    {
        if (await session.FirstAsync<long>("SELECT count(*) FROM grants WHERE app = @app AND kind = 'All'", new { app }) > 0) return null;
        var products = await session.ListAsync<long>(
            """
            SELECT p.no FROM products p JOIN grants g ON g.app = @app
            WHERE (g.kind = 'Brand' AND g.target = p.brand) OR (g.kind = 'Product' AND g.target = p.no)
            """,
            new { app });
        return products.ToHashSet();
    }

    public Task GrantAsync(long app, GrantKind kind, long target) => session.ExecuteAsync(
        "INSERT INTO grants (app, kind, target) VALUES (@app, @kind, @target) ON CONFLICT (app, kind, target) DO NOTHING",
        new { app, kind = kind.ToString(), target });
}
