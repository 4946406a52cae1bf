using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using NpgsqlTypes;

namespace Irori.Storage.Move;

/// <summary>A column as PostgreSQL has it.</summary>
internal sealed record MoveColumn(string Name, NpgsqlDbType Type)
{
    /// <summary>The type of a column by PostgreSQL's name for it; null: not one that Irori's tables use.</summary>
    public static NpgsqlDbType? TypeOf(string name) => name switch
    {
        "int8" => NpgsqlDbType.Bigint,
        "int4" => NpgsqlDbType.Integer,
        "bool" => NpgsqlDbType.Boolean,
        "float8" => NpgsqlDbType.Double,
        "text" => NpgsqlDbType.Text,
        "bytea" => NpgsqlDbType.Bytea,
        _ => null,
    };

    /// <summary>SQLite's value as this column holds it; null for nothing.</summary>
    public object? Convert(object value) => (Type, value) switch
    {
        (_, DBNull) => null,
        (NpgsqlDbType.Bigint, long number) => number,
        (NpgsqlDbType.Integer, long number and >= int.MinValue and <= int.MaxValue) => (int)number,
        (NpgsqlDbType.Boolean, long number and (0 or 1)) => number == 1,
        (NpgsqlDbType.Double, double number) => number,
        (NpgsqlDbType.Double, long number) => (double)number,
        (NpgsqlDbType.Text, string text) => text,
        (NpgsqlDbType.Bytea, byte[] bytes) => bytes,
        _ => throw new MoveException(string.Create(CultureInfo.InvariantCulture, $"The column {Name} holds a value that {Type} cannot hold; correct it in the SQLite database first.")),
    };
}

/// <summary>A table that both sides have, with the columns by which it is paged.</summary>
internal sealed record MoveTable(string Name, IReadOnlyList<MoveColumn> Columns, IReadOnlyList<string> Key)
{
    /// <summary>Its columns for a select or a copy.</summary>
    public string List => string.Join(", ", Columns.Select(c => Quote(c.Name)));

    /// <summary>Its key for a comparison or an order.</summary>
    public string KeyList => string.Join(", ", Key.Select(Quote));

    /// <summary>Its own name in quotes.</summary>
    public string Quoted => Quote(Name);

    public static string Quote(string name) => $"\"{name}\"";
}

/// <summary>The sum over the digests of rows, in whatever order they come, and their number.</summary>
internal sealed class RowDigest
{
    private readonly ArrayBufferWriter<byte> _row = new();
    private UInt128 _sum;

    public long Rows { get; private set; }

    public string Text => _sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Adds the next value of the row.</summary>
    public void Add(object? value)
    {
        Span<byte> number = stackalloc byte[8];
        switch (value)
        {
            case null:
                _row.Write((ReadOnlySpan<byte>)[0]);
                return;
            case string text:
                Add(2, System.Text.Encoding.UTF8.GetBytes(text));
                return;
            case byte[] bytes:
                Add(3, bytes);
                return;
            case double real:
                BinaryPrimitives.WriteDoubleLittleEndian(number, real);
                Add(4, number);
                return;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(number, System.Convert.ToInt64(value, CultureInfo.InvariantCulture));
                Add(1, number);
                return;
        }
    }

    /// <summary>The row is complete.</summary>
    public void EndRow()
    {
        Span<byte> digest = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(_row.WrittenSpan, digest);
        unchecked
        {
            _sum += BinaryPrimitives.ReadUInt128LittleEndian(digest);
        }

        Rows++;
        _row.ResetWrittenCount();
    }

    private void Add(byte kind, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        _row.Write(head);
        _row.Write(bytes);
    }
}
