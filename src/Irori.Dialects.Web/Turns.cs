namespace Irori.Dialects.Web;

/// <summary>What a connection asks is done beside each other, up to <see cref="Max"/> at once; then it is read no further.</summary>
internal sealed class Turns : IDisposable
{
    /// <summary>Most at once.</summary>
    public const int Max = 32;

    private readonly SemaphoreSlim _free = new(Max);

    /// <summary>Waits for a turn; false: the connection is over, and there is none to give back.</summary>
    public async Task<bool> TakeAsync(CancellationToken cancel)
    {
        var turn = _free.WaitAsync(cancel);
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Not by the token: a turn that was had must be given back.
        return turn.IsCompletedSuccessfully;
    }

    /// <summary>Gives a turn back.</summary>
    public void GiveBack() => _free.Release();

    /// <summary>Waits until all are back. Nobody gets one after that.</summary>
    public async Task AllBackAsync()
    {
        for (var i = 0; i < Max; i++) await _free.WaitAsync(CancellationToken.None);
    }

    public void Dispose() => _free.Dispose();
}
