using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>The digests that the vendor's apps send. They prove a secret that never travels, by a function that the document chose.</summary>
internal static class Digests
{
    /// <summary>Lower-case hex of MD5 over UTF-8.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The vendor's wire asks for it")]
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
