using System.IO.Pipelines;
using System.Net;

namespace Irori.Mqtt.Connections;

/// <summary>What a connection stands on, whatever carries it.</summary>
/// <param name="Pipe">Bytes in and out.</param>
/// <param name="Remote">Address of the client.</param>
/// <param name="IsSecure">Whether it is encrypted.</param>
/// <param name="Carrier">What carries it.</param>
/// <param name="Abort">Cuts it off at once; may be called at any time, also when it is over.</param>
internal sealed record MqttTransport(IDuplexPipe Pipe, EndPoint? Remote, bool IsSecure, MqttCarrier Carrier, Action Abort);
