using Irori.Core.Firmware;
using Irori.Storage.Sql;

namespace Irori.Storage.Firmware;

internal sealed class FirmwareStore(SqlSession session) : IFirmwareStore
{
    private const string Columns = "SELECT no, id, product, model, version, created FROM firmware";

    public async Task<long?> AddAsync(FirmwareRelease release)
    {
        var no = await session.FirstAsync<long?>(
            """
            INSERT INTO firmware (id, product, model, version, created) VALUES (@Id, @Product, @Model, @Version, @Created)
            ON CONFLICT (product, model, version) DO NOTHING
            RETURNING no
            """,
            new { release.Id, release.Product, release.Model, release.Version, release.Created });
        if (no is null) return null;
        for (var position = 0; position < release.Files.Count; position++)
        {
            var file = release.Files[position];
            await session.ExecuteAsync(
                "INSERT INTO firmware_files (firmware, position, name, digest, size) VALUES (@no, @position, @Name, @Digest, @Size)",
                new { no, position, file.Name, file.Digest, file.Size });
        }

        return no;
    }

    public async Task<FirmwareRelease?> FindAsync(string id) =>
        await WithFilesAsync(await session.ListAsync<FirmwareRelease>($"{Columns} WHERE id = @id", new { id })) is [var release] ? release : null;

    public async Task<IReadOnlyList<FirmwareRelease>> ListAsync(string after, int limit) =>
        await WithFilesAsync(await session.ListAsync<FirmwareRelease>($"{Columns} WHERE id > @after ORDER BY id LIMIT @limit", new { after, limit }));

    public async Task<IReadOnlyList<FirmwareRelease>> OfModelsAsync(IEnumerable<long> products, IEnumerable<string> models, int limit) => await WithFilesAsync(
        await session.ListAsync<FirmwareRelease>(
            $"""
            {Columns}
            WHERE product IN (SELECT CAST(value AS BIGINT) FROM json_each(@products)) AND model IN (SELECT value FROM json_each(@models))
            ORDER BY no DESC LIMIT @limit
            """,
            new { products = SqlSession.List(products), models = SqlSession.List(models), limit }));

    public async Task RemoveAsync(long firmware)
    {
        await session.ExecuteAsync(
            """
            DELETE FROM firmware_pieces WHERE digest IN (SELECT f.digest FROM firmware_files f WHERE f.firmware = @firmware
                AND NOT EXISTS (SELECT 1 FROM firmware_files o WHERE o.digest = f.digest AND o.firmware <> @firmware))
            """,
            new { firmware });
        await session.ExecuteAsync("DELETE FROM firmware_files WHERE firmware = @firmware", new { firmware });
        await session.ExecuteAsync("DELETE FROM firmware WHERE no = @firmware", new { firmware });
    }

    public Task PutPieceAsync(string digest, int position, byte[] bytes) => session.ExecuteAsync(
        "INSERT INTO firmware_pieces (digest, position, bytes) VALUES (@digest, @position, @bytes) ON CONFLICT (digest, position) DO NOTHING", new { digest, position, bytes });

    public Task<FirmwareFile?> FindFileAsync(string digest, string name) => session.FirstAsync<FirmwareFile>(
        "SELECT firmware, name, digest, size FROM firmware_files WHERE digest = @digest AND name = @name LIMIT 1", new { digest, name });

    public Task<byte[]?> FindPieceAsync(string digest, int position) =>
        session.FirstAsync<byte[]>("SELECT bytes FROM firmware_pieces WHERE digest = @digest AND position = @position", new { digest, position });

    private async Task<IReadOnlyList<FirmwareRelease>> WithFilesAsync(IReadOnlyList<FirmwareRelease> releases)
    {
        if (releases.Count == 0) return releases;
        var files = (await session.ListAsync<FirmwareFile>(
            """
            SELECT firmware, name, digest, size FROM firmware_files
            WHERE firmware IN (SELECT CAST(value AS BIGINT) FROM json_each(@list)) ORDER BY firmware, position
            """,
            new { list = SqlSession.List(releases.Select(r => r.No)) })).ToLookup(f => f.Firmware);
        foreach (var release in releases) release.Files = [.. files[release.No]];
        return releases;
    }
}
