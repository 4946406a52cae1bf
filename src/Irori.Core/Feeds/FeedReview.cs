using Microsoft.Extensions.Logging;

namespace Irori.Core.Feeds;

/// <summary>
/// Closes the feeds of sessions that have ended where this node did not hear of it: by the command line, or by an event that was lost.
/// </summary>
public sealed partial class FeedReview(IDatabase database, FeedHub feeds, TimeProvider time, ILogger<FeedReview> log)
{
    /// <summary>For how long such a feed may stay open.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const int Page = 500;

    /// <summary>Reviews until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await ReviewAsync(cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(log, e);
            }
        }
    }

    /// <summary>Looks once at every open feed.</summary>
    public async Task ReviewAsync(CancellationToken cancel)
    {
        foreach (var page in feeds.Open().Chunk(Page))
        {
            var open = (await database.ReadAsync(s => s.Sessions.OpenAmongAsync([.. page.Select(f => f.Principal.Session).Distinct()]), cancel)).ToHashSet();
            foreach (var feed in page.Where(f => !open.Contains(f.Principal.Session))) feeds.Close(feed, FeedEnd.SessionEnded);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2011, LogLevel.Warning, "Open feeds could not be reviewed; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
