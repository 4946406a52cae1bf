using Irori.Core;
using Irori.Core.Accounts;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>How people are named in this dialect.</summary>
internal static class GizwitsLogins
{
    private const string China = "+86";

    /// <summary>A number: with + and its calling code, or in mainland China without.</summary>
    public static Result<Login> Phone(string text)
    {
        var value = text.Trim();
        return Login.Phone(IsChinese(value) ? China + value : value).Try(out var phone, out _)
            ? phone
            : Fault.Invalid("phone", "phone is a number in mainland China, or complete with + and its calling code");
    }

    /// <summary>Whatever a person typed: an address, a number or his name.</summary>
    public static Result<Login> Parse(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal)) return Login.Email(text);
        return Phone(text).Try(out var phone, out _) ? phone : Login.Name(text);
    }

    /// <summary>A number as this dialect shows it; empty without one.</summary>
    public static string Shown(string? phone) => ShownOrNull(phone) ?? "";

    /// <summary>A number as this dialect shows it; null without one.</summary>
    public static string? ShownOrNull(string? phone) => phone is null ? null : phone.StartsWith(China, StringComparison.Ordinal) ? phone[China.Length..] : phone;

    /// <summary>The language of messages that a client asks for; null: it asks for none.</summary>
    public static string? LangOf(string? lang) => lang is not { Length: > 0 } ? null : lang.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "cn" : "en";

    /// <summary>A language of messages as this dialect shows it.</summary>
    public static string ShownLang(string lang) => lang == "cn" || lang.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh-cn" : "en";

    private static bool IsChinese(string value) => value.Length == 11 && value[0] == '1' && value.All(char.IsAsciiDigit);
}
