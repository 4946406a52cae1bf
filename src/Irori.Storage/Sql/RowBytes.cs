namespace Irori.Storage.Sql;

/// <summary>Bytes that a row takes on the disk with its indexes, without the text or bytes that it carries; measured, a test holds them.</summary>
/// <param name="Point">The points of a report, without their values.</param>
/// <param name="Frame">A frame, without its bytes.</param>
/// <param name="Presence">A line of presence, without its reason.</param>
/// <param name="Command">A command, without its body.</param>
public sealed record RowBytes(int Point, int Frame, int Presence, int Command);
