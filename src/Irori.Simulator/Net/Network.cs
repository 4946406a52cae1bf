using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Irori.Simulator.Net;

/// <summary>A connection, or why there is none.</summary>
internal readonly record struct Dialled(WebSocket? Socket, Ending? Failure);

/// <summary>The way to the server that all devices share: one handler, and a bounded number of devices that connect at one time.</summary>
internal sealed class Network : IDisposable
{
    private const int MaxReply = 4096;

    private readonly SimulationOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _places;
    private readonly HttpClient _client;

    public Network(SimulationOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _places = new SemaphoreSlim(options.MaxDialling);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null, ConnectTimeout = options.DialTimeout,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || options.TrustAnyCertificate;
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxReply };
    }

    /// <summary>Waits until this device may connect; it has to give its place back when it is registered or has failed.</summary>
    public async Task<Place> EnterAsync(CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        return new Place(_places);
    }

    /// <summary>Asks where the server is and connects to it.</summary>
    public async Task<Dialled> DialAsync(DispatchRequest device, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_options.DialTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            var (server, failure) = await DispatchAsync(device, both.Token);
            return server is null ? new Dialled(null, failure) : await ConnectAsync(server, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed("the server did not answer in time");
        }
        catch (Exception e) when (e is HttpRequestException or WebSocketException or IOException or SocketException or JsonException)
        {
            return Failed((e.GetBaseException().Message.Length > 0 ? e.GetBaseException() : e).Message.TrimEnd('.'));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    private async Task<(DispatchReply? Reply, Ending? Failure)> DispatchAsync(DispatchRequest device, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(device, WireJson.Default.DispatchRequest));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(new Uri(_options.Server, "/dispatch/device"), content, cancel);
        if (!response.IsSuccessStatusCode)
            return (null, new Ending($"dispatch answered HTTP {(int)response.StatusCode}") { RetryAfter = RetryAfter(response.Headers.RetryAfter) });
        var reply = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), WireJson.Default.DispatchReply);
        return reply switch
        {
            { Error: 0, Host.Length: > 0, Port: > 0 and <= ushort.MaxValue } => (reply, null),
            { Error: 401 or 403 } => (null, new Ending($"dispatch answered error {reply.Error}") { Forbidden = true }),
            { Error: not 0 and { } error } => (null, new Ending($"dispatch answered error {error}")),
            _ => (null, new Ending("dispatch named no server")),
        };
    }

    private async Task<Dialled> ConnectAsync(DispatchReply server, CancellationToken cancel)
    {
        if (Address(server) is not { } address) return Failed("dispatch named no server that can be reached");
        var socket = new ClientWebSocket();
        try
        {
            // The device keeps the connection alive by its own frames.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await socket.ConnectAsync(address, _client, cancel);
            return new Dialled(socket, null);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private Uri? Address(DispatchReply server)
    {
        var scheme = _options.Server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        var host = Uri.CheckHostName(server.Host) == UriHostNameType.IPv6 ? $"[{server.Host!.Trim('[', ']')}]" : server.Host;
        return Uri.CheckHostName(server.Host) != UriHostNameType.Unknown && Uri.TryCreate($"{scheme}://{host}:{server.Port}/api/ws", UriKind.Absolute, out var address)
            ? address
            : null;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? header?.Date - _time.GetUtcNow();

    private static Dialled Failed(string reason) => new(null, new Ending(reason));

    /// <summary>The right to connect.</summary>
    public sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
