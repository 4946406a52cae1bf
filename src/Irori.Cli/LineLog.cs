using Microsoft.Extensions.Logging;

namespace Irori.Cli;

/// <summary>A log for a person who watches: the time and the sentence.</summary>
internal sealed class LineLog(TextWriter output, TimeProvider time) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        output.WriteLine($"{time.GetLocalNow():HH:mm:ss} {formatter(state, exception)}{(exception is null ? "" : $": {exception}")}");
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
