namespace Irori.Tests;

/// <summary>The system's clock, which a test can put forward: what falls due meanwhile happens at once.</summary>
internal sealed class TestTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<Alarm> _alarms = [];
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return System.GetUtcNow() + _ahead;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return System.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        lock (_lock) _alarms.Add(alarm);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Puts the clock forward.</summary>
    public void Advance(TimeSpan by)
    {
        Alarm[] alarms;
        lock (_lock)
        {
            _ahead += by;
            alarms = [.. _alarms];
        }

        foreach (var alarm in alarms) alarm.Hurry();
    }

    private void Forget(Alarm alarm)
    {
        lock (_lock) _alarms.Remove(alarm);
    }

    private sealed class Alarm : ITimer
    {
        private readonly Lock _lock = new();
        private readonly TestTime _time;
        private readonly ITimer _timer;
        private DateTimeOffset? _due;
        private TimeSpan _period;

        public Alarm(TestTime time, TimerCallback callback, object? state)
        {
            _time = time;
            _timer = System.CreateTimer(
                _ =>
                {
                    lock (_lock) _due = _period == Timeout.InfiniteTimeSpan ? null : _time.GetUtcNow() + _period;
                    callback(state);
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : _time.GetUtcNow() + dueTime;
                _period = period;
                return _timer.Change(dueTime, period);
            }
        }

        public void Hurry()
        {
            lock (_lock)
            {
                if (_due is not { } due) return;
                var left = due - _time.GetUtcNow();
                _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, _period);
            }
        }

        public void Dispose()
        {
            _time.Forget(this);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _time.Forget(this);
            return _timer.DisposeAsync();
        }
    }
}
