namespace Irori.Mqtt;

/// <summary>Topic names and topic filters (MQTT 5, section 4.7).</summary>
public static class MqttTopics
{
    private const char Separator = '/';

    /// <summary>True for a topic that can be published to: not empty, no wildcard, no U+0000.</summary>
    public static bool IsName(ReadOnlySpan<char> topic) => !topic.IsEmpty && topic.IndexOfAny('+', '#', '\0') < 0;

    /// <summary>True for a filter whose wildcards stand where they may: <c>+</c> for a whole level, <c>#</c> for the last levels.</summary>
    public static bool IsFilter(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty || filter.Contains('\0')) return false;
        foreach (var range in filter.Split(Separator))
        {
            var level = filter[range];
            if (level.Length > 1 && level.IndexOfAny('+', '#') >= 0) return false;
            if (level is "#" && range.End.GetOffset(filter.Length) != filter.Length) return false;
        }

        return true;
    }

    /// <summary>Number of levels.</summary>
    public static int Levels(ReadOnlySpan<char> topic) => topic.Count(Separator) + 1;

    /// <summary>True when the filter takes the topic. Wildcards do not take the first level of topics that begin with <c>$</c>.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic is ['$', ..] && filter is ['+' or '#', ..]) return false;
        while (true)
        {
            if (filter is "#") return true;
            var (wanted, moreWanted) = Level(ref filter);
            var (given, moreGiven) = Level(ref topic);
            if (wanted is not "+" && !wanted.SequenceEqual(given)) return false;
            // The levels below include the level itself: a/# takes a.
            if (!moreGiven) return !moreWanted || filter is "#";
            if (!moreWanted) return false;
        }
    }

    private static Next Level(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(Separator);
        var level = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return new Next(level, end >= 0);
    }

    private readonly ref struct Next(ReadOnlySpan<char> text, bool more)
    {
        private readonly ReadOnlySpan<char> _text = text;

        public void Deconstruct(out ReadOnlySpan<char> level, out bool hasMore)
        {
            level = _text;
            hasMore = more;
        }
    }
}
