using System.Collections.Concurrent;
using Irori.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Irori.Tests.Server;

/// <summary>Keeps what is logged, with its scopes, as text.</summary>
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<(string[] Parts, TaskCompletionSource<string> Found)> _wanted = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>Every line so far.</summary>
    public IReadOnlyCollection<string> All => _lines;

    /// <summary>Options of a server that logs here.</summary>
    public ServerOptions Options => new() { Log = log => log.ClearProviders().AddProvider(this) };

    /// <summary>The next line that holds all these texts.</summary>
    public Task<string> NextAsync(params string[] parts)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted.Enqueue((parts, found));
        return found.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private void Write(string line)
    {
        _lines.Enqueue(line);
        foreach (var (parts, found) in _wanted)
        {
            if (parts.All(p => line.Contains(p, StringComparison.Ordinal))) found.TrySetResult(line);
        }
    }

    private sealed class Lines(LogLines owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = "";
            owner._scopes.ForEachScope((scope, _) => scopes += $" => {scope}", state);
            owner.Write($"{logLevel} {category}[{eventId.Id}]{scopes} {formatter(state, exception)} {exception}");
        }
    }
}
