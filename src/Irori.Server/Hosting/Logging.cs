using Irori.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>The log on standard output.</summary>
internal static class Logging
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static ILoggerFactory Create(LogSection log, Action<ILoggingBuilder>? elsewhere) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(log.Level);
        // The framework speaks of every request; one line of ours is enough, unless somebody looks for a fault.
        if (log.Level > LogLevel.Debug)
        {
            builder.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        }

        // It writes queries, which hold tokens.
        builder.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (elsewhere is not null) elsewhere(builder);
        else if (log.Format == LogFormat.Json) builder.AddJsonConsole(o => Shape(o, Timestamp));
        else builder.AddSimpleConsole(o => Shape(o, Timestamp + " ").SingleLine = true);
    });

    private static T Shape<T>(T options, string timestamp)
        where T : Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions
    {
        options.IncludeScopes = true;
        options.UseUtcTimestamp = true;
        options.TimestampFormat = timestamp;
        return options;
    }
}
