using System.Security.Cryptography;

namespace Irori.Core;

/// <summary>Mints identifiers and secrets, each in a shape that every dialect can show.</summary>
public static class Ids
{
    /// <summary>An account's id: UUID text, time-ordered so that indexes grow at one end.</summary>
    public static string Account() => Guid.CreateVersion7().ToString();

    /// <summary>24 lower-case hex digits: homes, rooms, groups, scenes, schedules, messages, products, brands.</summary>
    public static string Hex24() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>The id of a device behind a gateway that nobody has given one: ten hex digits.</summary>
    public static string SubDevice() => "a4" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>A random 64-bit key for a command or a task.</summary>
    public static long Number() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;

    /// <summary>A random number above 0 of a part of a task.</summary>
    public static int Part() => RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>An access or refresh token: 160 random bits as 40 lower-case hex digits.</summary>
    public static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>A secret of a device: UUID-shaped, as firmware expects, from 122 random bits.</summary>
    public static string DeviceKey()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        return new Guid(bytes).ToString();
    }

    /// <summary>A verification code of six decimal digits.</summary>
    public static string Code() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6");

    /// <summary>True for text of exactly <paramref name="length"/> lower- or upper-case hex digits.</summary>
    public static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigit);
}
