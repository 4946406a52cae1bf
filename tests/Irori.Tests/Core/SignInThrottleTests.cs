using Irori.Core.Accounts;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Core;

public sealed class SignInThrottleTests
{
    private static readonly Login Ann = Login.Email("ann@example.com").Value;

    [Fact]
    public void Failures_are_forgotten_when_their_time_is_over()
    {
        var time = new JumpingTime();
        var throttle = new SignInThrottle(time);
        Fail(throttle);
        throttle.Begin(Ann, "10.0.0.1")!.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromMinutes(9), SignInThrottle.Window);

        time.Jump(SignInThrottle.Window);

        throttle.Begin(Ann, "10.0.0.1").ShouldBeNull();
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public void A_step_of_the_wall_clock_neither_forgives_nor_prolongs(int seconds)
    {
        var time = new SteppingTime();
        var throttle = new SignInThrottle(time);
        Fail(throttle);

        time.Step(TimeSpan.FromSeconds(seconds));

        throttle.Begin(Ann, "10.0.0.1")!.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromMinutes(9), SignInThrottle.Window);
    }

    private static void Fail(SignInThrottle throttle)
    {
        for (var i = 0; i < SignInThrottle.PerAddress; i++) throttle.Begin(Ann, "10.0.0.1");
    }
}
