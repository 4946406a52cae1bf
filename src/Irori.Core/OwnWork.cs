namespace Irori.Core;

/// <summary>Changes that a node makes by itself: there is nobody who could be refused.</summary>
internal static class OwnWork
{
    /// <summary>Runs changes in one durable transaction.</summary>
    /// <exception cref="UnavailableException">They could not be made.</exception>
    public static async Task<T> DoAsync<T>(this IDatabase database, Func<IStores, Task<T>> work, CancellationToken cancel)
    {
        var written = await database.WriteAsync(async s => Result.Of(await work(s)), cancel);
        return written.Try(out var value, out var fault) ? value : throw new UnavailableException(fault.Reason);
    }
}
