namespace Irori.Mqtt.Connections;

/// <summary>A will that waits whether its client comes back. It is kept by the node that lost the client.</summary>
internal sealed record DelayedWill(MqttSessionLife Life, IMqttClient Client, MqttWill Will, DateTimeOffset DueAt);
