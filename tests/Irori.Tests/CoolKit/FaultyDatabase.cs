using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.States;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Irori.Tests.CoolKit;

/// <summary>
/// A database that fails for requests and connections when a test says so, and not for what the server does by itself. A write fails after its work and
/// before its commit, where most can go wrong.
/// </summary>
internal sealed class FaultyDatabase(IDatabase inner) : IDatabase, IStartupFilter
{
    private readonly AsyncLocal<bool> _asked = new();
    private int _writes;

    /// <summary>What reads fail with; null: they do not.</summary>
    public Func<Exception>? Reads { get; set; }

    /// <summary>What writes fail with; null: they do not.</summary>
    public Func<Exception>? Writes { get; set; }

    /// <summary>What the opening of a link fails with; null: it does not. Links that end come in between whatever a test does, so they are no writes.</summary>
    public Func<Exception>? Links { get; set; }

    /// <summary>How many writes succeed before one fails.</summary>
    public int Spared { get; set; }

    /// <summary>How many writes were begun since somebody said so.</summary>
    public int Begun
    {
        get => Volatile.Read(ref _writes);
        set => Volatile.Write(ref _writes, value);
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, go) =>
        {
            _asked.Value = true;
            return go(context);
        });
        next(app);
    };

    public Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel) => Unread is { } fault ? Task.FromException<T>(fault) : inner.ReadAsync(work, cancel);

    public Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel) =>
        Unread is { } fault ? Task.FromException<SignedIn?>(fault) : inner.FindSessionAsync(accessHash, cancel);

    public Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel) =>
        Unread is { } fault ? Task.FromException<CommandTarget?>(fault) : inner.FindTargetAsync(account, app, deviceId, cancel);

    public Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel) => SaidAsync(inner.WriteAsync(Failing(work, Next()), cancel));

    public Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel) =>
        SaidAsync(inner.GroupWriteAsync(device, Failing(work, _asked.Value ? Links?.Invoke() : null), cancel));

    public async Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel)
    {
        if (Next() is not { } fault) return await inner.WriteStateAsync(write, cancel);
        return fault is UnavailableException ? UnavailableException.Fault : throw fault;
    }

    public Task CheckAsync(CancellationToken cancel) => inner.CheckAsync(cancel);

    // As the engines say it of themselves.
    private static async Task<Result<T>> SaidAsync<T>(Task<Result<T>> writing)
    {
        try
        {
            return await writing;
        }
        catch (UnavailableException)
        {
            return UnavailableException.Fault;
        }
    }

    private static Func<IStores, Task<Result<T>>> Failing<T>(Func<IStores, Task<Result<T>>> work, Exception? fault) => async stores =>
    {
        var done = await work(stores);
        return fault is null || !done.IsOk ? done : throw fault;
    };

    private Exception? Unread => _asked.Value ? Reads?.Invoke() : null;

    private Exception? Next()
    {
        if (!_asked.Value) return null;
        var begun = Interlocked.Increment(ref _writes);
        return begun > Spared ? Writes?.Invoke() : null;
    }
}
