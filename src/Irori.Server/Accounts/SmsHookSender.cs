using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Accounts;

/// <summary>Codes by SMS, over any provider that takes an HTTP POST of JSON.</summary>
internal sealed partial class SmsHookSender(SmsSection sms, TimeProvider time, ILogger<SmsHookSender> log) : ICodeSender, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public async Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel)
    {
        if (sms.Url.Length == 0)
            return new Fault(FaultKind.Unavailable, "No SMS hook is configured: the operator has to set Sms.Url, or CodeSender to Outbox for development");
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var request = Request(message);
            using var response = await _client.SendAsync(request, both.Token);
            if (response.IsSuccessStatusCode) return new Done();
            Log.Refused(log, new Uri(sms.Url).Host, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            Log.Failed(log, new Uri(sms.Url).Host, e);
        }

        return new Fault(FaultKind.Unavailable, "The code could not be sent by SMS, try again later");
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(CodeMessage message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, sms.Url) { Content = new StringContent(Body(message), Encoding.UTF8, "application/json") };
        foreach (var (name, value) in sms.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private string Body(CodeMessage message) => sms.Body
        .Replace("{to}", Escaped(message.To.Value), StringComparison.Ordinal)
        .Replace("{code}", Escaped(message.Code), StringComparison.Ordinal)
        .Replace("{text}", Escaped(CodeText.Body(message)), StringComparison.Ordinal);

    private static string Escaped(string text) => JsonEncodedText.Encode(text).Value;

    private static partial class Log
    {
        [LoggerMessage(4111, LogLevel.Error, "The SMS hook at {Host} answered {Status}")]
        public static partial void Refused(ILogger logger, string host, int status);

        [LoggerMessage(4112, LogLevel.Error, "The SMS hook at {Host} could not be reached")]
        public static partial void Failed(ILogger logger, string host, Exception exception);
    }
}
