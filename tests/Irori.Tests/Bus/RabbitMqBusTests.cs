using System.Diagnostics;
using System.Text;
using Irori.Bus.RabbitMq;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Core.States;
using RabbitMQ.Client;
using Shouldly;

namespace Irori.Tests.Bus;

/// <summary>The bus of a cluster, over a real broker that also goes away or stands still.</summary>
public sealed class RabbitMqBusTests : BusContract
{
    private static readonly Dictionary<string, StateValue> Nothing = new(StringComparer.Ordinal);

    [Fact]
    public async Task A_node_that_is_not_there_is_known_at_once()
    {
        await using var ends = await ConnectAsync();
        var start = Stopwatch.GetTimestamp();

        (await ends.First.Bus.SendAsync(new NodeIdentity("nobody", 1), BusEnd.Command(1, Patient), Cancel)).ShouldBe(CommandReply.NotSent);
        (await ends.First.Bus.SendAsync(ends.Second.Node with { Incarnation = 2 }, BusEnd.Command(2, Patient), Cancel)).ShouldBe(CommandReply.NotSent);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_node_is_reached_in_its_next_life()
    {
        await using var ends = await ConnectAsync();
        var next = ends.Second.Node with { Incarnation = 2 };

        ends.Second.Bus.Serve(next, (_, _) => Task.FromResult(new CommandReply(CommandOutcome.Acknowledged, "next")));

        (await ends.First.SendAsync(next, 1)).Detail.ShouldBe("next");
    }

    [Fact]
    public async Task A_silent_node_ends_the_command_as_unknown_by_its_deadline()
    {
        await using var ends = await ConnectAsync();
        ends.Second.Answer = _ => new TaskCompletionSource<CommandReply>().Task;
        var start = Stopwatch.GetTimestamp();

        (await ends.First.Bus.SendAsync(ends.Second.Node, BusEnd.Command(1, TimeSpan.FromMilliseconds(300)), Cancel)).Outcome.ShouldBe(CommandOutcome.Unknown);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_command_that_comes_after_its_deadline_is_not_carried_out()
    {
        // The receiver's clock says that a minute has passed since it was sent.
        var rabbit = await Rabbit.SharedAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);
        await using var second = await BusEnd.ConnectAsync(rabbit, aheadMilliseconds: 60_000);

        (await first.Bus.SendAsync(second.Node, BusEnd.Command(1, TimeSpan.FromSeconds(1)), Cancel)).Outcome.ShouldBe(CommandOutcome.Unknown);
        (await first.Bus.SendAsync(second.Node, BusEnd.Command(2, TimeSpan.FromSeconds(90)), Cancel)).Outcome.ShouldBe(CommandOutcome.Acknowledged);

        (await second.Commands.Reader.ReadAsync(Cancel)).Id.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_of_an_unknown_version_or_no_message_at_all_is_passed_over()
    {
        await using var ends = await ConnectAsync();
        var factory = new ConnectionFactory { Uri = new Uri((await Rabbit.SharedAsync()).Url) };
        await using var connection = await factory.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        foreach (var text in new[]
        {
            "", "[]", "null", "{", """{"v":2,"kind":"session","from":"x","at":0,"session":1}""", """{"v":1,"kind":"news","from":"x","at":0,"seq":1}""",
            """{"v":1,"kind":"state","from":"x","at":0,"seq":2,"device":1,"values":"[[["}""", """{"v":1,"kind":"session"}""",
        })
        {
            await channel.BasicPublishAsync(BusNames.Events, BusNames.All, Encoding.UTF8.GetBytes(text), Cancel);
            await channel.BasicPublishAsync("", BusNames.CommandsOf(ends.Second.Node), Encoding.UTF8.GetBytes(text), Cancel);
        }

        (await ends.First.Bus.SendAsync(ends.Second.Node, BusEnd.Command(9, Patient), Cancel)).Outcome.ShouldBe(CommandOutcome.Acknowledged);

        (await ends.Second.Commands.Reader.ReadAsync(Cancel)).Id.ShouldBe(9);
        ends.First.Bus.Publish(new SessionEnded(5));
        (await ends.Second.HearAsync<SessionEnded>()).Session.ShouldBe(5);
    }

    [Fact]
    public async Task A_node_that_goes_silent_leaves_a_gap_that_is_read()
    {
        var rabbit = await Rabbit.SharedAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);
        await using (var second = await BusEnd.ConnectAsync(rabbit)) await first.MeetAsync(second);

        await first.HearAsync<HearingBack>();
        first.Bus.Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_node_told_before_it_was_heard_for_the_first_time_is_made_good_by_reading()
    {
        var rabbit = await Rabbit.SharedAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);

        await using var second = await BusEnd.ConnectAsync(rabbit, before: b => b.Publish(new StateChanged(7, 1, 1, 1, Nothing)));

        await first.HearAsync<HearingBack>();
    }

    [Fact]
    public async Task More_events_than_find_room_are_dropped_counted_and_made_good_and_nobody_waits()
    {
        await using var ends = await ConnectAsync();
        await ends.First.MeetAsync(ends.Second);
        var start = Stopwatch.GetTimestamp();

        for (var i = 0; i < 100_000; i++) ends.First.Bus.Publish(new StateChanged(i, 1, 1, 1, Nothing));

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await ends.Second.HearAsync<HearingBack>();
    }

    [Fact]
    [Trait("run", "full")]
    public async Task When_the_broker_goes_waiting_commands_are_unknown_at_once_and_all_is_well_when_it_is_back()
    {
        await using var rabbit = await Rabbit.StartAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);
        await using var second = await BusEnd.ConnectAsync(rabbit);
        second.Answer = _ => new TaskCompletionSource<CommandReply>().Task;
        var waiting = first.Bus.SendAsync(second.Node, BusEnd.Command(1, TimeSpan.FromMinutes(2)), Cancel);
        await second.Commands.Reader.ReadAsync(Cancel);

        await rabbit.StopAsync();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancel)).Outcome.ShouldBe(CommandOutcome.Unknown);
        (await first.Bus.SendAsync(second.Node, BusEnd.Command(2, Patient), Cancel)).ShouldBe(CommandReply.NotSent);
        (await first.Bus.SendAsync(first.Node, BusEnd.Command(3, Patient), Cancel)).Outcome.ShouldBe(CommandOutcome.Acknowledged, "the own devices need no broker");
        await second.HearAsync<HearingLost>();
        second.Answer = _ => Task.FromResult(new CommandReply(CommandOutcome.Acknowledged));

        await rabbit.RunAsync();

        await Task.WhenAll(first.HearAsync<HearingBack>(), second.HearAsync<HearingBack>());
        (await first.SendAsync(second.Node, 4)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await second.Commands.Reader.ReadAsync(Cancel)).Id.ShouldBe(4, "nothing is sent again");
    }

    [Fact]
    [Trait("run", "full")]
    public async Task A_broker_that_stands_still_holds_nobody_up_and_what_it_held_back_switches_nothing()
    {
        await using var rabbit = await Rabbit.StartAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);
        await using var second = await BusEnd.ConnectAsync(rabbit);

        await rabbit.FreezeAsync();
        var start = Stopwatch.GetTimestamp();
        var reply = await first.Bus.SendAsync(second.Node, BusEnd.Command(1, TimeSpan.FromMilliseconds(500)), Cancel);
        for (var i = 0; i < 50_000; i++) first.Bus.Publish(new StateChanged(i, 1, 1, 1, Nothing));

        reply.Outcome.ShouldBeOneOf(CommandOutcome.Unknown, CommandOutcome.Undelivered);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        await first.HearAsync<HearingLost>();
        await rabbit.ThawAsync();
        await Task.WhenAll(first.HearAsync<HearingBack>(), second.HearAsync<HearingBack>());

        (await first.SendAsync(second.Node, 2)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await second.Commands.Reader.ReadAsync(Cancel)).Id.ShouldBe(2);
    }

    [Fact]
    [Trait("run", "full")]
    public async Task A_broker_without_memory_holds_nobody_up_and_what_it_did_not_take_switches_nothing()
    {
        await using var rabbit = await Rabbit.StartAsync();
        await using var first = await BusEnd.ConnectAsync(rabbit);
        await using var second = await BusEnd.ConnectAsync(rabbit);
        await rabbit.BlockAsync();

        // It stops after a message, of the one who asks or of the one who answers.
        var id = 0;
        CommandReply reply;
        do reply = await first.Bus.SendAsync(second.Node, BusEnd.Command(++id, TimeSpan.FromMilliseconds(500)), Cancel);
        while (reply.Outcome == CommandOutcome.Acknowledged);
        reply.Outcome.ShouldBeOneOf(CommandOutcome.Unknown, CommandOutcome.Undelivered);
        var blocked = ++id;
        (await first.Bus.SendAsync(second.Node, BusEnd.Command(blocked, TimeSpan.FromMilliseconds(500)), Cancel)).Outcome
            .ShouldBeOneOf(CommandOutcome.Unknown, CommandOutcome.Undelivered);
        (await first.Bus.SendAsync(first.Node, BusEnd.Command(++id, Patient), Cancel)).Outcome.ShouldBe(CommandOutcome.Acknowledged, "the own devices need no broker");
        for (var i = 0; i < 50_000; i++) first.Bus.Publish(new StateChanged(i, 1, 1, 1, Nothing));
        await rabbit.UnblockAsync();

        (await first.SendAsync(second.Node, ++id)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        var taken = new List<long>();
        while (taken.LastOrDefault() != id) taken.Add((await second.Commands.Reader.ReadAsync(Cancel)).Id);
        taken.ShouldNotContain(blocked, "it was over when the broker took it");
        taken.ShouldBeUnique();
    }

    private protected override async Task<Ends> ConnectAsync()
    {
        var rabbit = await Rabbit.SharedAsync();
        return new Ends(await BusEnd.ConnectAsync(rabbit), await BusEnd.ConnectAsync(rabbit));
    }
}
