using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Irori.Server.Console;

/// <summary>What has become of a device. <paramref name="Online"/> is null when that has not changed.</summary>
internal sealed record FeedItem(string Device, bool? Online, long Time, long Epoch, long Version, IReadOnlyDictionary<string, ValueItem> Values);

/// <summary>
/// The live feed, as server-sent events: "ready" when it has begun (what was read earlier must be read again), then "change". It ends with the
/// session; whoever is cut off comes back and begins anew.
/// </summary>
internal sealed class FeedApi(FeedHub hub, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>A silent feed says that it lives, and looks whether its session does, this often.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    private static readonly byte[] Beat = ": beat\n\n"u8.ToArray();
    private static readonly byte[] Ready = "event: ready\ndata: {}\n\n"u8.ToArray();

    public async Task RunAsync(HttpContext context, Principal who)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var feed = await hub.OpenAsync(who, end.Token);
        try
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await context.Response.Body.WriteAsync(Ready, end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            while (await NextAsync(context, feed, end.Token) is { } bytes)
            {
                await context.Response.Body.WriteAsync(bytes, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (Exception e) when (e is UnavailableException || (e is OperationCanceledException && end.IsCancellationRequested))
        {
            // Cut off from the database, or told to stop: nothing more is pushed.
        }
        finally
        {
            hub.Close(feed, FeedEnd.Left);
        }
    }

    private async Task<byte[]?> NextAsync(HttpContext context, Feed feed, CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        try
        {
            return await feed.TakeAsync(either.Token) is { } changes ? Encode(changes) : null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (await ConsoleEndpoint.WhoAsync(context)).IsOk ? Beat : null;
        }
    }

    private byte[] Encode(IReadOnlyCollection<FeedChange> changes)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var text = new StringBuilder();
        foreach (var change in changes)
        {
            var item = new FeedItem(change.DeviceId, change.Online, now, change.Epoch, change.Version, ValueItem.Of(change.Values));
            text.Append("event: change\ndata: ").Append(JsonSerializer.Serialize(item, ConsoleJson.Default.FeedItem)).Append("\n\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
