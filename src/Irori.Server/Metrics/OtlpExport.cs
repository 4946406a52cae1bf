using Irori.Core.Links;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Irori.Server.Metrics;

/// <summary>Sends what is measured to an OpenTelemetry collector once a minute, and once more when the server stops.</summary>
internal sealed class OtlpExport(IroriSettings settings, NodeIdentity node) : IHostedService
{
    private MeterProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(r => r.AddService("irori", serviceVersion: Foundation.Version, serviceInstanceId: node.Name))
            .AddMeter([.. MetricsCollector.Meters])
            .AddOtlpExporter(o =>
            {
                o.Endpoint = new Uri($"{settings.Metrics.Otlp.TrimEnd('/')}/v1/metrics");
                o.Protocol = OtlpExportProtocol.HttpProtobuf;
                o.TimeoutMilliseconds = 5_000;
            })
            .Build();
        return Task.CompletedTask;
    }

    // Ending the provider sends the rest, which may take the exporter's time limit.
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => _provider?.Dispose(), CancellationToken.None).WaitAsync(cancellationToken);
}
