using Microsoft.Extensions.Logging;

namespace Irori.Core.Links;

/// <summary>Renews this node's lease and sweeps what dead nodes have left.</summary>
public sealed partial class LeaseKeeper(IDatabase database, LinkService links, TimeProvider time, ILogger<LeaseKeeper> log)
{
    /// <summary>True while this node's lease was renewed within its life.</summary>
    public bool Holds => Age < links.Settings.Lease;

    /// <summary>Time since the lease was renewed.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _renewed));

    private long _renewed = time.GetTimestamp();

    /// <summary>Runs until cancelled, three times per lease.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(links.Settings.Lease / 3, time);
        do
        {
            try
            {
                var renewed = await database.WriteAsync<bool>(
                    async s => await s.Links.RenewAsync(links.Node.Name, links.Node.Incarnation, links.Settings.Lease), cancel);
                if (renewed is { IsOk: true, Value: true }) Interlocked.Exchange(ref _renewed, time.GetTimestamp());
                else Log.Lost(log, links.Node.Name);
                await links.SweepAsync(cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(log, e);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Error, "Another process has taken this node's name {Node}; give each node a name of its own")]
        public static partial void Lost(ILogger logger, string node);

        [LoggerMessage(2112, LogLevel.Warning, "The node's lease could not be renewed; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
