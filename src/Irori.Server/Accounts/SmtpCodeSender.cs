using System.Net;
using System.Net.Mail;
using System.Security.Authentication;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Accounts;

/// <summary>Codes by mail, over the framework's SMTP client.</summary>
internal sealed partial class SmtpCodeSender(MailSection mail, TimeProvider time, ILogger<SmtpCodeSender> log) : ICodeSender
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public async Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel)
    {
        if (mail.Host.Length == 0)
            return new Fault(FaultKind.Unavailable, "No mail server is configured: the operator has to set Mail.Host, or CodeSender to Outbox for development");
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var client = new SmtpClient(mail.Host, mail.Port) { EnableSsl = mail.StartTls, Credentials = Credentials };
            using var letter = new MailMessage(mail.From, message.To.Value, CodeText.Subject(message), CodeText.Body(message));
            await client.SendMailAsync(letter, both.Token);
            return new Done();
        }
        catch (Exception e) when (e is SmtpException or IOException or AuthenticationException or FormatException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            Log.Failed(log, mail.Host, mail.Port, e);
            return new Fault(FaultKind.Unavailable, "The code could not be mailed, try again later");
        }
    }

    private NetworkCredential? Credentials => mail.User.Length > 0 ? new NetworkCredential(mail.User, mail.Password) : null;

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Error, "A code could not be mailed by {Host}:{Port}")]
        public static partial void Failed(ILogger logger, string host, int port, Exception exception);
    }
}
