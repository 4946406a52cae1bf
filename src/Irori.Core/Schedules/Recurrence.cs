using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Core.Schedules;

/// <summary>
/// When something is to be done: once, at a steady pace, or at times of the wall clock. Wall times become moments in a time zone by <see cref="WallClock"/>;
/// the other two know no zone. The names are stored.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Once), "once")]
[JsonDerivedType(typeof(Every), "every")]
[JsonDerivedType(typeof(Cron), "cron")]
public abstract record Recurrence
{
    /// <summary>Shortest pace.</summary>
    public static readonly TimeSpan MinPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Longest pace.</summary>
    public static readonly TimeSpan MaxPeriod = TimeSpan.FromDays(366);

    private Recurrence()
    {
    }

    /// <summary>Reads the stored form.</summary>
    public static Recurrence Parse(string json) => JsonSerializer.Deserialize(json, ScheduleJson.Default.Recurrence)!;

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ScheduleJson.Default.Recurrence);

    /// <summary>What is wrong with it, or null.</summary>
    public abstract Fault? Check();

    /// <summary>The first moment after another at which it is due in a time zone; null: never again.</summary>
    internal abstract DateTimeOffset? Next(WallClock clock, DateTimeOffset after);

    /// <summary>At one moment.</summary>
    public sealed record Once(DateTimeOffset At) : Recurrence
    {
        /// <inheritdoc/>
        public override Fault? Check() => null;

        internal override DateTimeOffset? Next(WallClock clock, DateTimeOffset after) => At > after ? At : null;
    }

    /// <summary>At a moment and then after every period, whatever the clocks on the wall say.</summary>
    public sealed record Every(DateTimeOffset Start, TimeSpan Period) : Recurrence
    {
        /// <inheritdoc/>
        public override Fault? Check() => Period >= MinPeriod && Period <= MaxPeriod ? null : Fault.Invalid("period", "A period has a minute to 366 days");

        internal override DateTimeOffset? Next(WallClock clock, DateTimeOffset after)
        {
            if (Start > after) return Start;
            var periods = (after - Start).Ticks / Period.Ticks + 1;
            return periods > (DateTimeOffset.MaxValue - Start).Ticks / Period.Ticks ? null : Start.AddTicks(Period.Ticks * periods);
        }
    }

    /// <summary>
    /// At the wall times of a cron expression as Quartz has them (second, minute, hour, day, month, weekday 1 to 7 from Sunday, perhaps a year). It is due once
    /// a minute at most: the second is one number. <see cref="CronText"/> writes such.
    /// </summary>
    public sealed record Cron(string Expression) : Recurrence
    {
        // Of the wall times that a turned back clock shows a second time, none counts: so many are passed over, a minute apart, 26 hours long.
        private const int MaxPassed = 26 * 60;

        /// <inheritdoc/>
        public override Fault? Check() => CronText.Parse(Expression) is null ? Fault.Invalid("cron", "Not a cron expression that is due once a minute at most") : null;

        internal override DateTimeOffset? Next(WallClock clock, DateTimeOffset after)
        {
            var cron = CronText.Parse(Expression) ?? throw new InvalidOperationException($"Not a cron expression: {Expression}");
            var wall = clock.Read(after);
            for (var passed = 0; passed <= MaxPassed && cron.GetNextValidTimeAfter(wall) is { } next; passed++)
            {
                if (clock.MomentOf(next) is var moment && moment > after) return moment;
                wall = next;
            }

            return null;
        }
    }
}
