using Microsoft.Extensions.Logging;

namespace Irori.Core.Sharing;

/// <summary>Ends shares whose time is over: offers that nobody answered, and rights that were given for a while.</summary>
public sealed partial class ShareReview(SharingService sharing, TimeProvider time, ILogger<ShareReview> log)
{
    /// <summary>For how long a share may stay after its time.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const int Page = 200;

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

    /// <summary>Ends what is due now.</summary>
    public async Task ReviewAsync(CancellationToken cancel)
    {
        while (await sharing.EndDueAsync(Page, cancel) == Page)
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Warning, "Shares whose time is over could not be ended; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
