using Irori.Core.Accounts;

namespace Irori.Server.Accounts;

/// <summary>What a person reads.</summary>
internal static class CodeText
{
    public static string Subject(CodeMessage message) => Chinese(message) ? $"Irori 验证码 {message.Code}" : $"{message.Code} is your Irori code";

    public static string Body(CodeMessage message)
    {
        var minutes = CodeService.Life.TotalMinutes;
        if (message.Link is { } link)
        {
            return Chinese(message)
                ? $"请打开 {link} 设置新的 Irori 密码，{minutes} 分钟内有效。如非本人操作，请忽略。"
                : $"Open {link} to set a new Irori password. It is valid for {minutes} minutes. If you did not ask for it, ignore this message.";
        }

        return Chinese(message)
            ? $"您的 Irori 验证码是 {message.Code}，用于{ChinesePurpose(message.Purpose)}，{minutes} 分钟内有效。如非本人操作，请忽略。"
            : $"Your Irori code to {Purpose(message.Purpose)} is {message.Code}. It is valid for {minutes} minutes. If you did not ask for it, ignore this message.";
    }

    private static bool Chinese(CodeMessage message) => message.Lang is "cn" or "zh" || message.Lang.StartsWith("zh-", StringComparison.OrdinalIgnoreCase);

    private static string Purpose(CodePurpose purpose) => purpose switch
    {
        CodePurpose.Register => "sign up",
        CodePurpose.ResetPassword => "set a new password",
        CodePurpose.CloseAccount => "close your account",
        CodePurpose.Open => "confirm that this is your number",
        _ => "sign in",
    };

    private static string ChinesePurpose(CodePurpose purpose) => purpose switch
    {
        CodePurpose.Register => "注册",
        CodePurpose.ResetPassword => "重置密码",
        CodePurpose.CloseAccount => "注销账号",
        CodePurpose.Open => "确认您的号码",
        _ => "登录",
    };
}
