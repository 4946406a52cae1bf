using Irori.Core;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.Web;

/// <summary>Around everything that is asked of a dialect: whatever breaks inside becomes a fault for who asked, and a line in the log.</summary>
internal sealed partial class Guard(ILogger<Guard> log)
{
    /// <summary>Does it, and never throws.</summary>
    /// <param name="what">What is done, for the log.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancel">Requested when who asked is gone.</param>
    public async Task<Result<T>> RunAsync<T>(string what, Func<Task<Result<T>>> work, CancellationToken cancel)
    {
        try
        {
            var done = await work();
            if (done.Fault is { Kind: FaultKind.Unavailable } fault) Log.Undone(log, what, fault.Reason);
            return done;
        }
        catch (UnavailableException e)
        {
            Log.Unavailable(log, what, e);
            return UnavailableException.Fault;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Log.Failed(log, what, e);
            return new Fault(FaultKind.Unavailable, "The server failed; its log knows more");
        }
        catch (OperationCanceledException)
        {
            return new Fault(FaultKind.Unavailable, "The caller is gone");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Error, "{Operation} failed")]
        public static partial void Failed(ILogger logger, string operation, Exception exception);

        [LoggerMessage(5002, LogLevel.Warning, "{Operation} could not be answered: the database is not available")]
        public static partial void Unavailable(ILogger logger, string operation, Exception exception);

        [LoggerMessage(5003, LogLevel.Warning, "{Operation} could not be done: {Reason}")]
        public static partial void Undone(ILogger logger, string operation, string reason);
    }
}
