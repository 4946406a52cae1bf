namespace Irori.Chaos.Faults;

/// <summary>The broker goes away, and comes back.</summary>
internal sealed class RabbitRestarted : ChaosFault
{
    public override string Name => "rabbit-restarted";

    public override string Summary => "RabbitMQ stopped, by TERM or by KILL, and started again after the time of the fault";

    public override string Recovery => "RabbitMQ to serve, and each node to connect to it and to hear the others";

    public override async Task RunAsync(Scene scene, CancellationToken cancel)
    {
        var signal = scene.Any("TERM", "KILL");
        scene.Say($"RabbitMQ is stopped by {signal}");
        await scene.Stage.Rabbit!.StopAsync(signal);
        await scene.HoldAsync(scene.Options.Duration, cancel);
        await scene.Stage.Rabbit.RunAsync(cancel);
    }
}
