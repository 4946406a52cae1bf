using Irori.Bus.RabbitMq;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Server.Health;
using Irori.Server.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>The way to other nodes, where one is configured.</summary>
internal static class BusServices
{
    public static IServiceCollection AddBus(this IServiceCollection services, IroriSettings settings)
    {
        if (settings.Bus.Url.Length == 0) return services;
        services.AddSingleton(p => new RabbitMqBus(
            new Uri(settings.Bus.Url), p.GetRequiredService<CommonClock>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RabbitMqBus>>()));
        services.Replace(ServiceDescriptor.Singleton<IBus>(p => p.GetRequiredService<RabbitMqBus>()));
        services.AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<RabbitMqBus>().RunAsync));
        services.AddSingleton<BusCheck>().AddHealthChecks().AddCheck<BusCheck>("bus");
        return services;
    }
}
