using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.States;

namespace Irori.Storage;

/// <summary>An open database of either engine.</summary>
public abstract class IroriDatabase : IDatabase, IAsyncDisposable
{
    /// <inheritdoc />
    public abstract Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel);

    /// <inheritdoc />
    public abstract Task CheckAsync(CancellationToken cancel);

    /// <summary>What the writer's own connection says of its durability: setting and value (journal_mode, synchronous; fsync, full_page_writes, ...).</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> ReadDurabilityAsync(CancellationToken cancel);

    /// <summary>The space that the database stands on.</summary>
    public abstract Task<StorageRoom> ReadRoomAsync(CancellationToken cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Commits what is queued and closes every connection.</summary>
    protected abstract ValueTask CloseAsync();
}
