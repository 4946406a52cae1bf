using System.ComponentModel.DataAnnotations;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Microsoft.Extensions.Logging;

namespace Irori.Core.History;

/// <summary>How long what is appended is kept.</summary>
public sealed record RetentionSettings
{
    /// <summary>Days of points, where the product does not say otherwise.</summary>
    [Range(1, 3650)]
    public int PointDays { get; init; } = 365;

    /// <summary>Days of raw frames.</summary>
    [Range(1, 3650)]
    public int FrameDays { get; init; } = 7;

    /// <summary>Days of the log of online and offline.</summary>
    [Range(1, 3650)]
    public int PresenceDays { get; init; } = 90;

    /// <summary>Days of recorded commands.</summary>
    [Range(1, 3650)]
    public int CommandDays { get; init; } = 90;

    /// <summary>Days of messages.</summary>
    [Range(1, 3650)]
    public int MessageDays { get; init; } = 90;

    /// <summary>Days of the history of operations.</summary>
    [Range(1, 3650)]
    public int OperationDays { get; init; } = 90;

    /// <summary>Days of the log of schedules, scenes and rules.</summary>
    [Range(1, 3650)]
    public int RunDays { get; init; } = 30;

    /// <summary>Days after which ended sessions are removed.</summary>
    [Range(1, 3650)]
    public int SessionDays { get; init; } = 7;
}

/// <summary>Removes what is older than its retention, in small pieces so that nobody waits long behind them.</summary>
public sealed partial class RetentionService(IDatabase database, RetentionSettings settings, TimeProvider time, ILogger<RetentionService> log)
{
    private const int Piece = 1_000;

    /// <summary>Runs until cancelled, once an hour.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await PurgeAsync(cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(log, e);
            }
        }
    }

    /// <summary>Removes everything that is due now and answers how many rows went.</summary>
    public async Task<long> PurgeAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return await AllPointsAsync(now, cancel)
            + await AllAsync("Frames", s => s.History.PurgeAsync(PurgedTable.Frames, now.AddDays(-settings.FrameDays), Piece), cancel)
            + await AllAsync("Presence", s => s.History.PurgeAsync(PurgedTable.Presence, now.AddDays(-settings.PresenceDays), Piece), cancel)
            + await AllAsync("Commands", s => s.History.PurgeAsync(PurgedTable.Commands, now.AddDays(-settings.CommandDays), Piece), cancel)
            + await AllAsync("Messages", s => s.Messages.PurgeAsync(now.AddDays(-settings.MessageDays), Piece), cancel)
            + await AllAsync("Operations", s => s.History.PurgeAsync(PurgedTable.Operations, now.AddDays(-settings.OperationDays), Piece), cancel)
            + await AllAsync("Runs", s => s.Runs.PurgeAsync(now.AddDays(-settings.RunDays), Piece), cancel)
            + await AllAsync("Sessions", s => s.Sessions.PurgeAsync(now.AddDays(-settings.SessionDays), Piece), cancel)
            + await AllAsync("Codes", s => s.Codes.PurgeAsync(now - CodeService.Remembered, Piece), cancel)
            + await AllAsync("OAuthCodes", s => s.OAuth.PurgeAsync(now, Piece), cancel)
            + await AllAsync("Claims", s => s.Devices.PurgeClaimsAsync(now - DeviceService.AdoptionWindow, Piece), cancel);
    }

    private async Task<long> AllPointsAsync(DateTimeOffset now, CancellationToken cancel)
    {
        long total = 0;
        for (long? after = 0; after is { } device;)
        {
            var gone = await database.WriteAsync<PurgedPoints>(async s => await s.History.PurgePointsAsync(now, settings.PointDays, device, Piece), cancel);
            if (!gone.IsOk) return total;
            total += gone.Value.Rows;
            IroriMeter.RowsRemoved("Points", gone.Value.Rows);
            after = gone.Value.After;
        }

        return total;
    }

    private async Task<long> AllAsync(string table, Func<IStores, Task<int>> purge, CancellationToken cancel)
    {
        for (long total = 0; ;)
        {
            var gone = await database.WriteAsync<int>(async s => await purge(s), cancel);
            if (!gone.IsOk) return total;
            total += gone.Value;
            IroriMeter.RowsRemoved(table, gone.Value);
            if (gone.Value < Piece) return total;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "Old history could not be removed; trying again in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
