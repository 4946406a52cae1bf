namespace Irori.Core.Accounts;

/// <summary>
/// Slows down guessing of passwords: failures are counted per login and address, and per login over all addresses. A right password
/// forgets the failures of its address. Counted per node, by a monotonic clock.
/// </summary>
public sealed class SignInThrottle(TimeProvider time)
{
    /// <summary>Failures are remembered for this long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Failures of one login from one address before it has to wait.</summary>
    public const int PerAddress = 10;

    /// <summary>Failures of one login from all addresses before everybody has to wait.</summary>
    public const int PerLogin = 100;

    private const int MaxRemembered = 50_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<long>> _failures = new(StringComparer.Ordinal);

    /// <summary>
    /// Counts an attempt before its password is looked at, so that many at once are no way around; the fault of who has to wait, or null.
    /// </summary>
    public Fault? Begin(Login login, string? ip)
    {
        lock (_lock)
        {
            var wait = Max(Wait(Key(login, ip), PerAddress), Wait(Key(login, null), PerLogin));
            if (wait > TimeSpan.Zero) return new Fault(FaultKind.Throttled, $"Too many failed sign-ins, try again in {Math.Ceiling(wait.TotalSeconds)} s", RetryAfter: wait);
            if (_failures.Count >= MaxRemembered) Forget();
            Add(Key(login, ip));
            Add(Key(login, null));
            return null;
        }
    }

    /// <summary>The password was right: the attempt was no failure, and those of its address before are forgotten.</summary>
    public void Succeeded(Login login, string? ip)
    {
        lock (_lock)
        {
            _failures.Remove(Key(login, ip));
            if (_failures.TryGetValue(Key(login, null), out var all)) all.TryDequeue(out _);
        }
    }

    private static string Key(Login login, string? ip) => ip is null ? $"{login.Kind}\n{login.Value}" : $"{login.Kind}\n{login.Value}\n{ip}";

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private TimeSpan Wait(string key, int limit)
    {
        if (!_failures.TryGetValue(key, out var failures)) return TimeSpan.Zero;
        while (failures.TryPeek(out var oldest) && IsOver(oldest)) failures.Dequeue();
        return failures.Count < limit ? TimeSpan.Zero : Window - time.GetElapsedTime(failures.Peek());
    }

    private void Add(string key)
    {
        if (!_failures.TryGetValue(key, out var failures)) _failures[key] = failures = new Queue<long>();
        failures.Enqueue(time.GetTimestamp());
        if (failures.Count > PerLogin) failures.Dequeue();
    }

    private bool IsOver(long failedAt) => time.GetElapsedTime(failedAt) >= Window;

    // What is over goes; if the map is still full, everything does: a flood must not cost memory.
    private void Forget()
    {
        foreach (var (key, _) in _failures.Where(f => f.Value.All(IsOver)).ToList()) _failures.Remove(key);
        if (_failures.Count >= MaxRemembered) _failures.Clear();
    }
}
