using System.Threading.Channels;
using Irori.Bus.RabbitMq;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Tests.Bus;

/// <summary>A node's end of a bus: what it hears, and who answers its commands.</summary>
internal sealed class BusEnd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<HomeEvent> _heard = Channel.CreateUnbounded<HomeEvent>();
    private Task _running = Task.CompletedTask;

    private BusEnd(string name, IBus bus)
    {
        Node = new NodeIdentity(name, 1);
        Bus = bus;
        bus.Subscribe(e => _heard.Writer.TryWrite(e));
        bus.Serve(Node, async (command, cancel) =>
        {
            Commands.Writer.TryWrite(command);
            return await Answer(command).WaitAsync(cancel);
        });
    }

    public NodeIdentity Node { get; }

    public IBus Bus { get; }

    /// <summary>Commands that came.</summary>
    public Channel<DeviceCommand> Commands { get; } = Channel.CreateUnbounded<DeviceCommand>();

    public Func<DeviceCommand, Task<CommandReply>> Answer { get; set; } = _ => Task.FromResult(new CommandReply(CommandOutcome.Acknowledged));

    public static BusEnd InProcess(IBus bus) => new("n1", bus);

    /// <summary>A node on a broker, when it hears.</summary>
    public static async Task<BusEnd> ConnectAsync(Rabbit rabbit, string? name = null, long aheadMilliseconds = 0, Action<IBus>? before = null)
    {
        var clock = new CommonClock(TimeProvider.System);
        clock.Learn(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + aheadMilliseconds, TimeProvider.System.GetTimestamp());
        var bus = new RabbitMqBus(new Uri(rabbit.Url), clock, TimeProvider.System, NullLogger<RabbitMqBus>.Instance);
        var end = new BusEnd(name ?? Ids.Hex24(), bus);
        bus.HearDevices();
        before?.Invoke(bus);
        end._running = bus.RunAsync(end._stop.Token);
        await end.HearAsync<HearingBack>();
        return end;
    }

    /// <summary>The next event of a type that fits; others are passed over.</summary>
    public async Task<T> HearAsync<T>(Func<T, bool>? wanted = null)
        where T : HomeEvent
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await _heard.Reader.ReadAsync(limit.Token) is T heard && wanted?.Invoke(heard) != false) return heard;
        }
    }

    /// <summary>
    /// Waits until two know each other. The first that one hears of another is a gap; what is told after that is heard after the gap.
    /// </summary>
    public async Task MeetAsync(BusEnd other)
    {
        foreach (var (from, to) in new[] { (this, other), (other, this), (this, other), (other, this) })
        {
            var hello = TimeProvider.System.GetTimestamp();
            from.Bus.Publish(new SessionEnded(hello));
            await to.HearAsync<SessionEnded>(e => e.Session == hello);
        }
    }

    /// <summary>A command of now.</summary>
    public static DeviceCommand Command(long id, TimeSpan within)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new DeviceCommand
        {
            Id = id, Device = 7, Body = """{"switch":"on","name":"Küche"}""", Account = "a", App = "b", Ip = "127.0.0.1", Created = now, Deadline = now + within,
            Expires = DeviceCommand.After(TimeProvider.System, within),
        };
    }

    /// <summary>Sends a command, again while the node is not reached.</summary>
    public async Task<CommandReply> SendAsync(NodeIdentity node, long id)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var reply = await Bus.SendAsync(node, Command(id, Patience), limit.Token);
            if (!reply.AskAgain) return reply;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
