using Irori.Core.Installation;
using Irori.Storage.Sql;

namespace Irori.Storage.Installation;

internal sealed class InstallationStore(SqlSession session) : IInstallationStore
{
    public Task<InstallationRecord?> FindAsync() => session.FirstAsync<InstallationRecord>("SELECT id, created, mode FROM installation");

    public Task AddAsync(InstallationRecord installation) => session.ExecuteAsync(
        "INSERT INTO installation (id, created, mode) VALUES (@Id, @Created, @mode)",
        new { installation.Id, installation.Created, mode = installation.Mode.ToString() });

    public Task<byte[]?> FindKeyAsync(string purpose) =>
        session.FirstAsync<byte[]>("SELECT wrapped_enc FROM keys WHERE purpose = @purpose", new { purpose });

    public Task<bool> AddKeyAsync(string purpose, byte[] wrapped, DateTimeOffset activeFrom) => session.TryAsync(
        "INSERT INTO keys (purpose, wrapped_enc, active_from) VALUES (@purpose, @wrapped, @activeFrom) ON CONFLICT (purpose) DO NOTHING",
        new { purpose, wrapped, activeFrom });
}
