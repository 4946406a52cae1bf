using Irori.Core;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Server.Accounts;

/// <summary>Chooses the carrier by the kind of login.</summary>
internal sealed class CodeSenders(SmtpCodeSender mail, SmsHookSender sms) : ICodeSender
{
    public Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel) => message.To.Kind switch
    {
        LoginKind.Email => mail.SendAsync(message, cancel),
        LoginKind.Phone => sms.SendAsync(message, cancel),
        _ => Task.FromResult<Result<Done>>(new Fault(FaultKind.Unavailable, "Codes reach only e-mail addresses and phone numbers")),
    };
}

internal static class CodeSenderServices
{
    public static IServiceCollection AddCodeSender(this IServiceCollection services, IroriSettings settings) =>
        settings.CodeSender == CodeDelivery.Outbox
            ? services.AddSingleton<DevelopmentOutbox>().AddSingleton<ICodeSender>(p => p.GetRequiredService<DevelopmentOutbox>())
            : services.AddSingleton(settings.Mail).AddSingleton(settings.Sms).AddSingleton<SmtpCodeSender>().AddSingleton<SmsHookSender>()
                .AddSingleton<ICodeSender, CodeSenders>();
}
