namespace Irori.Core.Firmware;

/// <summary>Firmware of a product's module that the operator released.</summary>
public sealed class FirmwareRelease
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Internal key of the product.</summary>
    public required long Product { get; init; }

    /// <summary>The module's own name, as devices say it.</summary>
    public required string Model { get; init; }

    /// <summary>Its version, numbers with dots between them; <see cref="FirmwareVersion"/> compares them.</summary>
    public required string Version { get; init; }

    /// <summary>When it was released.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Its files, in order.</summary>
    public IReadOnlyList<FirmwareFile> Files { get; set; } = [];
}

/// <summary>A file of firmware. Its bytes are kept once, under their digest, however many releases have it.</summary>
public sealed class FirmwareFile
{
    /// <summary>Internal key of the release.</summary>
    public long Firmware { get; init; }

    /// <summary>Its name, as devices ask for it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>How many bytes.</summary>
    public required long Size { get; init; }
}

/// <summary>Storage of firmware.</summary>
public interface IFirmwareStore
{
    /// <summary>Adds a release with its files; null when product and model have that version already.</summary>
    Task<long?> AddAsync(FirmwareRelease release);

    /// <summary>The release of an id, or null.</summary>
    Task<FirmwareRelease?> FindAsync(string id);

    /// <summary>Releases by id, after one.</summary>
    Task<IReadOnlyList<FirmwareRelease>> ListAsync(string after, int limit);

    /// <summary>Releases of any of these models of any of these products, newest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<FirmwareRelease>> OfModelsAsync(IEnumerable<long> products, IEnumerable<string> models, int limit);

    /// <summary>Removes a release, and the bytes that no other has.</summary>
    Task RemoveAsync(long firmware);

    /// <summary>Stores a piece of a file; one that is there stays.</summary>
    Task PutPieceAsync(string digest, int position, byte[] bytes);

    /// <summary>The file of a digest and name, or null.</summary>
    Task<FirmwareFile?> FindFileAsync(string digest, string name);

    /// <summary>A piece of a file, or null when it has no more.</summary>
    Task<byte[]?> FindPieceAsync(string digest, int position);
}
