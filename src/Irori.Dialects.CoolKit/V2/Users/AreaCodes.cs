using System.Collections.Frozen;

namespace Irori.Dialects.CoolKit.V2.Users;

/// <summary>Calling codes and the region in which their accounts live (CoolKit v2, area codes).</summary>
internal static class AreaCodes
{
    private const int LongestCode = 4;

    private const string Asia =
        "60 62 63 65 66 81 82 84 90 91 92 93 94 95 98 374 382 599 670 673 675 687 689 852 853 855 856 880 886 960 961 962 963 964 965 966 967 968 970 971 972 973 "
        + "974 975 976 977 992 993 994 995 996 998 1268 1340 1345 1441 1473 1649 1664 1767 1784 1869";

    private const string America =
        "1 51 52 53 54 55 56 57 58 61 64 299 501 502 503 504 505 506 507 509 590 591 592 593 594 595 596 597 598 676 678 679 682 684 685 1242 1246 1264 1671 1758 "
        + "1809 1868 1876";

    private const string Europe =
        "7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 "
        + "241 242 243 244 247 248 249 250 251 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 297 298 350 351 352 353 354 355 356 357 358 359 370 "
        + "371 372 373 375 376 377 378 380 381 383 385 386 387 389 420 421 423";

    private static readonly FrozenDictionary<string, string> Regions = Codes("cn", "86").Concat(Codes("as", Asia)).Concat(Codes("us", America))
        .Concat(Codes("eu", Europe)).ToFrozenDictionary(p => p.Code, p => p.Region, StringComparer.Ordinal);

    private static readonly FrozenSet<string> Phones =
        "86 63 84 855 856 60 65 95 66 673 62 670 98 886".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The region of a calling code without its plus sign, or null when there is no such code.</summary>
    public static string? RegionOf(string code) => Regions.GetValueOrDefault(code);

    /// <summary>True where accounts may be registered by phone number: mainland China and thirteen areas of Asia.</summary>
    public static bool TakesPhones(string code) => Phones.Contains(code);

    /// <summary>The calling code with which a complete phone number begins, and its region; null when there is none.</summary>
    public static (string Code, string Region)? Find(string phone)
    {
        var digits = phone.TrimStart('+');
        for (var length = Math.Min(LongestCode, digits.Length); length > 0; length--)
        {
            if (RegionOf(digits[..length]) is { } region) return (digits[..length], region);
        }

        return null;
    }

    /// <summary>The calling code of people of a region who name none.</summary>
    public static string CodeOf(string region) => region switch { "cn" => "86", "as" => "65", "us" => "1", _ => "44" };

    private static IEnumerable<(string Code, string Region)> Codes(string region, string codes) => codes.Split(' ').Select(c => (c, region));
}
