namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>Reads the payload by which apps ask a device for its state in binary: an action, and with a variable length flags of the points that are wanted.</summary>
internal static class ReadPayload
{
    private const byte Action = 0x02;

    /// <summary>Which points are wanted; null: it asks nothing.</summary>
    public static Func<Datapoint, bool>? Parse(DatapointList list, byte[] payload)
    {
        if (payload.Length == 0 || payload[0] != (list.IsVariable ? Action + StatusPayload.Variable : Action)) return null;
        var flags = payload.AsSpan(1).ToArray();
        if (flags.Length == 0 || !list.IsVariable) return _ => true;
        var wanted = list.Points.Index().Where(p => p.Index / 8 < flags.Length && (flags[flags.Length - 1 - (p.Index / 8)] >> (p.Index % 8) & 1) == 1).Select(p => p.Item).ToHashSet();
        return wanted.Contains;
    }
}
