using Irori.Core.Feeds;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.Outbox;
using Irori.Core.Schedules;
using Irori.Core.Sharing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Irori.Server.Hosting;

/// <summary>Work that goes on as long as the server runs.</summary>
internal sealed class Background(Func<CancellationToken, Task> run) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
}

/// <summary>Sends devices and apps away before the listeners close, so that they come back to another node or after the restart.</summary>
internal sealed class Draining(LinkService links, FeedHub feeds, TimeProvider time) : IHostedLifecycleService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>True when this node takes leave.</summary>
    public bool Begun { get; private set; }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Begun = true;
        feeds.CloseAll();
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await links.DrainAsync(both.Token);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class BackgroundServices
{
    public static IServiceCollection AddBackground(this IServiceCollection services) => services
        .AddSingleton<Draining>()
        .AddSingleton<IHostedService>(p => p.GetRequiredService<Draining>())
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<FeedHub>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<FeedReview>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<LeaseKeeper>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<OutboxService>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<RetentionService>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<RunService>().RunAsync))
        .AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<ShareReview>().RunAsync));
}
