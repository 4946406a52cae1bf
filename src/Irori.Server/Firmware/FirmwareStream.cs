using Irori.Core.Firmware;

namespace Irori.Server.Firmware;

/// <summary>The bytes of a file, read piece by piece as they are sent.</summary>
internal sealed class FirmwareStream(FirmwareService firmware, FirmwareFile file) : Stream
{
    private byte[] _bytes = [];
    private int _piece = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Size;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length) return 0;
        var (piece, start) = ((int)(Position / FirmwareService.Piece), (int)(Position % FirmwareService.Piece));
        if (piece != _piece)
        {
            // A release that is taken back while it is sent ends the answer.
            _bytes = await firmware.ReadAsync(file, piece, cancellationToken) ?? throw new EndOfStreamException($"{file.Name} was removed");
            _piece = piece;
        }

        var rest = _bytes.AsMemory(start);
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
