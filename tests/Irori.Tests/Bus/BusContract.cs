using Irori.Bus;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.States;
using Shouldly;

namespace Irori.Tests.Bus;

/// <summary>What every bus does, between two ends or within one process.</summary>
public abstract class BusContract
{
    private protected static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_reaches_the_node_and_its_answer_the_caller()
    {
        await using var ends = await ConnectAsync();
        ends.Second.Answer = _ => Task.FromResult(new CommandReply(CommandOutcome.Rejected, "42"));
        var sent = BusEnd.Command(1, Patient);

        var reply = await ends.First.Bus.SendAsync(ends.Second.Node, sent, Cancel);

        reply.ShouldBe(new CommandReply(CommandOutcome.Rejected, "42"));
        var got = await ends.Second.Commands.Reader.ReadAsync(Cancel);
        (got.Id, got.Device, got.Body, got.Account, got.App, got.Source, got.Ip).ShouldBe((1, 7, sent.Body, "a", "b", "app", "127.0.0.1"));
        (got.Deadline - sent.Deadline).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_node_that_does_not_hold_the_link_says_so()
    {
        await using var ends = await ConnectAsync();
        ends.Second.Answer = _ => Task.FromResult(CommandReply.NotSent);

        (await ends.First.Bus.SendAsync(ends.Second.Node, BusEnd.Command(1, Patient), Cancel)).ShouldBe(CommandReply.NotSent);
    }

    [Fact]
    public async Task Many_commands_at_once_find_their_own_answers()
    {
        await using var ends = await ConnectAsync();
        ends.Second.Answer = async c =>
        {
            await Task.Yield();
            return new CommandReply(CommandOutcome.Rejected, $"{c.Id}");
        };

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ends.First.Bus.SendAsync(ends.Second.Node, BusEnd.Command(i, Patient), Cancel)));

        replies.Select(r => r.Detail).ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Every_kind_of_event_is_heard_here_and_there_as_it_was_told()
    {
        await using var ends = await ConnectAsync();
        var changed = new Dictionary<string, StateValue>(StringComparer.Ordinal) { ["switch \"x\" ü"] = new("""{"a":"b\"c"}""", 5, 6) };
        HomeEvent[] told =
        [
            new PresenceChanged(5, 2, Online: true, 9), new AccessChanged(6, OwnerChanged: true), new SessionEnded(77), new LinkOpened(8, 3),
        ];

        ends.First.Bus.Publish(new StateChanged(4, 1, 2, 3, changed));
        foreach (var happened in told) ends.First.Bus.Publish(happened);

        foreach (var end in new[] { ends.First, ends.Second }.Distinct())
        {
            var state = await end.HearAsync<StateChanged>();
            (state.Device, state.Epoch, state.Version, state.AccessVersion).ShouldBe((4, 1, 2, 3));
            state.Changed.ShouldBe(changed);
            (await end.HearAsync<PresenceChanged>()).ShouldBe(told[0]);
            (await end.HearAsync<AccessChanged>()).ShouldBe(told[1]);
            (await end.HearAsync<SessionEnded>()).ShouldBe(told[2]);
            (await end.HearAsync<LinkOpened>()).ShouldBe(told[3]);
        }
    }

    private protected abstract Task<Ends> ConnectAsync();

    private protected sealed record Ends(BusEnd First, BusEnd Second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            if (Second != First) await Second.DisposeAsync();
        }
    }
}

public sealed class InProcessBusTests : BusContract
{
    private protected override Task<Ends> ConnectAsync()
    {
        var end = BusEnd.InProcess(new InProcessBus());
        return Task.FromResult(new Ends(end, end));
    }
}
