using Irori.Core;
using Irori.Storage;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Health;

/// <summary>Measures the space that the database stands on, and closes the gate for reports before there is none.</summary>
internal sealed partial class DiskWatch(IroriDatabase database, StorageGate gate, TimeProvider time, ILogger<DiskWatch> log)
{
    /// <summary>Below this part of free space no report is taken.</summary>
    public const double Least = 0.05;

    /// <summary>From this part of free space reports are taken again; above <see cref="Least"/>, so that it does not swing.</summary>
    public const double Enough = 0.06;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The newest measurement, or null before the first.</summary>
    public StorageRoom? Room { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await MeasureAsync(cancel);
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    /// <summary>Measures once. A database that does not answer leaves the gate as it was: it takes no report anyway.</summary>
    public async Task MeasureAsync(CancellationToken cancel)
    {
        try
        {
            var room = await database.ReadRoomAsync(cancel).WaitAsync(Limit, time, cancel);
            Room = room;
            if (gate.Set(IsShort(room, gate.IsClosed))) Tell(room);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotMeasured(log, e);
        }
    }

    /// <summary>True when reports must not be taken.</summary>
    internal static bool IsShort(StorageRoom room, bool closed) => room.Refused || room.FreePart < (closed ? Enough : Least);

    private void Tell(StorageRoom room)
    {
        if (gate.IsClosed) Log.Closed(log, room.Refused, room.Free, room.Total);
        else Log.Opened(log, room.Free, room.Total);
    }

    private static partial class Log
    {
        [LoggerMessage(4031, LogLevel.Error, "The database's storage is nearly full (refused by the engine: {Refused}; {Free} of {Total} bytes are free); reports are not taken until there is room")]
        public static partial void Closed(ILogger logger, bool refused, long? free, long? total);

        [LoggerMessage(4032, LogLevel.Information, "The database's storage has room again ({Free} of {Total} bytes are free); reports are taken")]
        public static partial void Opened(ILogger logger, long? free, long? total);

        [LoggerMessage(4033, LogLevel.Debug, "The space of the database could not be measured")]
        public static partial void NotMeasured(ILogger logger, Exception exception);
    }
}
