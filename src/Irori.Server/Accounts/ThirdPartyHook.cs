using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Accounts;

/// <summary>Asks a configured address whether a third party knows a person: no provider's own protocol is built in.</summary>
internal sealed partial class ThirdPartyHook(ThirdPartySection hook, TimeProvider time, ILogger<ThirdPartyHook> log) : IThirdParty, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public async Task<Result<Done>> VerifyAsync(string provider, string uid, string token, CancellationToken cancel)
    {
        if (hook.Url.Length == 0) return Refused("No third party is configured: the operator has to set ThirdParty.Url");
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url)
            {
                Content = new StringContent($$"""{"src":{{Quoted(provider)}},"uid":{{Quoted(uid)}},"token":{{Quoted(token)}}}""", Encoding.UTF8, "application/json"),
            };
            foreach (var (name, value) in hook.Headers) request.Headers.TryAddWithoutValidation(name, value);
            using var response = await _client.SendAsync(request, both.Token);
            return response.IsSuccessStatusCode ? new Done() : Refused($"{provider} does not know the person");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            Log.Failed(log, new Uri(hook.Url).Host, e);
            return new Fault(FaultKind.Unavailable, "The third party could not be asked, try again later");
        }
    }

    public void Dispose() => _client.Dispose();

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text).Value}\"";

    private static Fault Refused(string reason) => new(FaultKind.WrongProof, reason, IdentityService.ThirdPartyField);

    private static partial class Log
    {
        [LoggerMessage(4121, LogLevel.Error, "The third party's hook at {Host} could not be reached")]
        public static partial void Failed(ILogger logger, string host, Exception exception);
    }
}
