using System.Text;
using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Irori.Core.Links;

namespace Irori.Tests.Console;

/// <summary>A device's connection that answers commands by itself: null stays silent, empty obeys, anything else is its code of refusal.</summary>
internal sealed class TalkingChannel(Func<string, string?> answer) : ILinkChannel
{
    private long _wireId;

    public Link? Link { get; set; }

    public string Protocol => "test";

    public string? Ip => "192.0.2.7";

    public long NewWireId() => Interlocked.Increment(ref _wireId);

    public ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["sequence"] = wireId, ["params"] = JsonNode.Parse(command.Body) }.ToJsonString());

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        var sent = JsonNode.Parse(frame.Span)!;
        var wireId = sent["sequence"]!.GetValue<long>();
        if (answer(sent["params"]!.ToJsonString()) is { } code)
            Link!.Answer(wireId, accepted: code.Length == 0, code, null, Encoding.UTF8.GetBytes($$"""{"sequence":{{wireId}},"error":"{{code}}"}"""));
        return ValueTask.FromResult(true);
    }

    public void Close(LinkEnd why) => _ = why;
}
