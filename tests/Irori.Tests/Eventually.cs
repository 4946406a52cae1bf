namespace Irori.Tests;

/// <summary>Waits for what comes to hold without anything that tells of it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until it holds; <paramref name="meanwhile"/> may help before each further look.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> holds, Action? meanwhile = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!await holds())
        {
            meanwhile?.Invoke();
            await Task.Delay(Pause, limit.Token);
        }
    }
}
