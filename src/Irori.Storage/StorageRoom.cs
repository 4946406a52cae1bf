namespace Irori.Storage;

/// <summary>What a database knows of the space that it stands on.</summary>
/// <param name="Free">Bytes that can still be written: what the disk has left, and what the file itself can use again; null: not known.</param>
/// <param name="Total">Bytes of the disk; null: not known.</param>
/// <param name="Refused">The engine has refused a change for want of space, and still would.</param>
/// <param name="LogSize">Bytes of SQLite's write-ahead log; null: the engine keeps its own.</param>
public sealed record StorageRoom(long? Free, long? Total, bool Refused, long? LogSize)
{
    /// <summary>Part that is free, 0 to 1, or null when it is not known.</summary>
    public double? FreePart => Free is { } free && Total is > 0 and { } total ? (double)free / total : null;
}
