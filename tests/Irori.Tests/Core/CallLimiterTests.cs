using System.Net;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Limits;
using Irori.Core.Projects;
using Shouldly;

namespace Irori.Tests.Core;

public sealed class CallLimiterTests
{
    private static readonly IPAddress Here = IPAddress.Parse("203.0.113.7");

    public static TheoryData<string> Presets => ["home", "documented"];

    private readonly StandingTime _time = new();

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_session_may_ask_up_to_its_limit_and_again_as_time_passes(string preset)
    {
        var limits = Of(preset);
        var limiter = new CallLimiter(limits, _time);
        for (var i = 0; i < limits.Call.Burst; i++) limiter.Of(Session(1), "getThings").ShouldBeNull();

        var fault = limiter.Of(Session(1), "getThings").ShouldNotBeNull();

        fault.Kind.ShouldBe(FaultKind.Throttled);
        fault.RetryAfter.ShouldBe(limits.Call.Every);
        fault.Reason.ShouldContain("getThings");
        fault.Reason.ShouldContain($"{limits.Call.Burst} at once");
        limiter.Of(Session(2), "getThings").ShouldBeNull("another session has a limit of its own");
        limiter.Of(Session(1), "getHomes").ShouldBeNull("and so has another operation");
        _time.Pass(limits.Call.Every - TimeSpan.FromMilliseconds(1));
        limiter.Of(Session(1), "getThings").ShouldNotBeNull();
        _time.Pass(TimeSpan.FromMilliseconds(1));
        limiter.Of(Session(1), "getThings").ShouldBeNull();
        limiter.Of(Session(1), "getThings").ShouldNotBeNull();
    }

    [Fact]
    public void Who_keeps_the_documents_words_is_never_refused_and_who_does_not_gets_300_in_five_minutes()
    {
        var limiter = new CallLimiter(CallLimits.Documented, _time);
        for (var i = 0; i < 900; i++)
        {
            limiter.Of(Session(1), "getThings").ShouldBeNull();
            _time.Pass(TimeSpan.FromSeconds(1));
        }

        int PassIn(TimeSpan span)
        {
            var passed = 0;
            for (var spent = TimeSpan.Zero; spent < span; spent += TimeSpan.FromMilliseconds(500))
            {
                if (limiter.Of(Session(2), $"operation {spent.TotalMilliseconds % 1_000}") is null) passed++;
                _time.Pass(TimeSpan.FromMilliseconds(500));
            }

            return passed;
        }

        PassIn(TimeSpan.FromMinutes(10));
        PassIn(TimeSpan.FromMinutes(5)).ShouldBeInRange(299, 301);
    }

    [Fact]
    public void Those_without_a_session_are_counted_by_address_and_a_network_of_IPv6_is_one()
    {
        var limiter = new CallLimiter(CallLimits.Documented, _time);

        limiter.From(Here, "login").ShouldBeNull();
        limiter.From(Here, "login")!.Reason.ShouldContain("from this address");
        limiter.From(Here.MapToIPv6(), "login").ShouldNotBeNull("an IPv4 address is one however it is written");
        limiter.From(IPAddress.Parse("203.0.113.8"), "login").ShouldBeNull();
        limiter.From(IPAddress.Parse("2001:db8:0:1::1"), "login").ShouldBeNull();
        limiter.From(IPAddress.Parse("2001:db8:0:1:ffff::2"), "login").ShouldNotBeNull();
        limiter.From(IPAddress.Parse("2001:db8:0:2::1"), "login").ShouldBeNull();
        limiter.From(null, "login").ShouldBeNull("a socket of this machine has no address");
        limiter.From(null, "login").ShouldNotBeNull();
    }

    [Fact]
    public void Each_of_several_nodes_gives_out_its_share()
    {
        var limiter = new CallLimiter(CallLimits.Documented.Shared(2), _time);
        limiter.Of(Session(1), "getThings").ShouldBeNull("but never less than one");
        limiter.Of(Session(1), "getThings")!.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        CallLimits.Home.Shared(4).Session.ShouldBe(new Rate(150, TimeSpan.FromMilliseconds(40)));
    }

    [Fact]
    public void What_is_full_again_is_forgotten_and_a_flood_costs_no_more_than_the_bound()
    {
        var limiter = new CallLimiter(CallLimits.Home, _time);
        foreach (var session in Enumerable.Range(1, 1_000)) limiter.Of(Session(session), "getThings");
        limiter.Count.ShouldBe(2_000);
        _time.Pass(TimeSpan.FromMinutes(2));
        limiter.Of(Session(1), "getThings");
        limiter.Count.ShouldBe(2);

        for (var i = 0; i < CallLimiter.MaxCounted; i++) limiter.Connects(new IPAddress(i));
        limiter.Connects(new IPAddress([198, 51, 100, 1]));
        limiter.Count.ShouldBeLessThanOrEqualTo(CallLimiter.MaxCounted);
    }

    [Fact]
    public void Without_limits_nothing_is_counted()
    {
        var limiter = new CallLimiter(null, _time);
        for (var i = 0; i < 10_000; i++) (limiter.Of(Session(1), "x") ?? limiter.From(Here, "x") ?? limiter.Connects(Here) ?? limiter.Says(Session(1)) ?? limiter.SignsIn(Session(1).Account)).ShouldBeNull();
        limiter.Count.ShouldBe(0);
        limiter.NewPace().KeepAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_says_too_much_is_slowed_down_to_its_pace()
    {
        var time = new TestTime();
        var pace = new Pace(new Rate(3, TimeSpan.FromHours(1)), time);
        for (var i = 0; i < 3; i++) pace.KeepAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();

        var slowed = pace.KeepAsync(CancellationToken.None);

        slowed.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromHours(1));
        await slowed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        pace.KeepAsync(CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    private static CallLimits Of(string preset) => preset == "home" ? CallLimits.Home : CallLimits.Documented;

    private static Principal Session(long no) => new(
        new Account { No = no, Id = $"{no}", Region = "eu", CallingCode = "+49", Lang = "en", Nickname = "", Created = default },
        new App
        {
            Id = "app", Project = 1, Dialect = "coolkit", Kind = AppKind.Client, SecretEnc = [], SingleSession = false, AccessSeconds = 1, RefreshSeconds = 1, Disabled = false,
        },
        no,
        null);
}
