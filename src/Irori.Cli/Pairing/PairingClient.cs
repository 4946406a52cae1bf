using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;

namespace Irori.Cli.Pairing;

/// <summary>
/// Talks to a device in pairing mode as an eWeLink app does: asks who it is, and tells it the Wi-Fi and its server. What goes wrong is a
/// <see cref="CliException"/> that says what to do.
/// </summary>
internal sealed class PairingClient : IDisposable
{
    /// <summary>Where a device answers on the Wi-Fi that it opens for pairing.</summary>
    public const string UsualAddress = "http://10.10.7.1";

    private const int MaxAnswer = 4096;
    private const int MaxKey = 128;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Uri _device;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null, ConnectTimeout = Limit })
    {
        Timeout = Limit, MaxResponseContentBufferSize = MaxAnswer,
    };

    /// <summary>For the device at an address.</summary>
    public PairingClient(Uri device)
    {
        _device = device;
        // Small servers take one request a connection.
        _http.DefaultRequestHeaders.ConnectionClose = true;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Who the device is.</summary>
    public async Task<PairedDevice> AskAsync(CancellationToken cancel)
    {
        var said = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(_device, "/device")), PairingJson.Default.PairedDevice, cancel);
        return said is { Id: { } id, Key: { Length: > 0 and <= MaxKey } } && Ids.IsHex(id, 10) ? said with { Id = id.ToLowerInvariant() } : throw NoDevice;
    }

    /// <summary>Tells the device its Wi-Fi and its server; it leaves pairing mode then.</summary>
    public async Task TellAsync(string wifi, string password, string server, int port, CancellationToken cancel)
    {
        var order = new PairingOrder { Ssid = wifi, Password = password, ServerName = server, Port = port };
        var error = await TellAsync(order, cancel);
        if (error is not (null or 0)) error = await TellAsync(order with { Ssid = null, OldSsid = wifi }, cancel);
        if (error != 0)
        {
            throw new CliException(
                $"The device did not take it ({(error is null ? "its answer has no error code" : $"error {error}")}). Switch it off and on, put it into pairing mode again and repeat this; "
                + "if it goes on, its firmware pairs in another way: see docs/coolkit.md.");
        }
    }

    private async Task<int?> TellAsync(PairingOrder order, CancellationToken cancel)
    {
        // Of known length: small servers cannot read chunks.
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(order, PairingJson.Default.PairingOrder));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return (await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_device, "/ap")) { Content = body }, PairingJson.Default.PairingReply, cancel))?.Error;
    }

    private async Task<T?> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            using (request)
            {
                using var answer = await _http.SendAsync(request, cancel);
                return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancel), type);
            }
        }
        catch (JsonException)
        {
            throw NoDevice;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new CliException(
                $"No device answers at {_device.GetLeftPart(UriPartial.Authority)} ({(e is OperationCanceledException ? "nothing came in time" : e.GetBaseException().Message)}). Hold its button until it blinks in pairing "
                + "mode (5 to 7 seconds; newer ones once more), join its Wi-Fi with this machine (ITEAD- and its id, password 12345678), and try again.");
        }
    }

    private CliException NoDevice => new(
        $"What answers at {_device.GetLeftPart(UriPartial.Authority)} is no device in pairing mode. Join the device's own Wi-Fi (ITEAD- and its id), or name its address by --device.");
}
