using Irori.Core.Projects;
using Microsoft.Extensions.Hosting;

namespace Irori.Server.Console;

/// <summary>The console's own app, through which its sessions and commands run; made at the first start.</summary>
internal sealed class ConsoleApp(AppService apps) : IHostedService
{
    public const string Id = "irori-console";
    public const string Dialect = "console";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var wanted = new NewApp(Dialect, AppKind.Console, Id, SingleSession: false, AllProducts: true);
        if ((await apps.EnsureAsync(wanted, cancellationToken)).Fault is { } fault) throw new InvalidOperationException(fault.Reason);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
