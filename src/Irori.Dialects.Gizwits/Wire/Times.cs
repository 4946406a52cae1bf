namespace Irori.Dialects.Gizwits.Wire;

/// <summary>How the vendor writes times.</summary>
internal static class Times
{
    /// <summary>UTC to the second: 2017-09-19T07:12:32Z.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");

    /// <summary>UTC to the second, without a zone: 2017-09-26T06:36:47.</summary>
    public static string Plain(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss");

    /// <summary>UTC with microseconds and without a zone: 2017-01-01T08:32:56.996638.</summary>
    public static string Micro(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff");
}
