using System.Text.Json.Nodes;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Bad frames, for everything that an app may ask on its long connection by the AsyncAPI document.</summary>
public abstract class RealtimeFrameContract(GizwitsFixture fixture)
{
    private static readonly IReadOnlyDictionary<string, JsonObject> Schemas = AsyncApi.Of(GizwitsSocket.Document).AskedOn("app", "cmd");

    private GizwitsHouse House { get; } = fixture.House;

    public static TheoryData<string> Frames => [.. Schemas.Keys];

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task What_is_missing_mistyped_or_out_of_range_is_a_bad_form_and_does_nothing(string name)
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var socket = await GizwitsSocket.OpenAsync(House);
        if (name != "login_req") await socket.LoginAsync(person);
        var did = made.Device.Id;
        var sample = name switch
        {
            "login_req" => GizwitsSocket.Login(person, subscribe: true),
            "subscribe_req" => GizwitsSocket.Subscribe(did),
            "c2s_read" => GizwitsSocket.Read(did, 1),
            "c2s_write" => GizwitsSocket.Write(did, """{"LED_OnOff":true}""", 1),
            "c2s_raw" => GizwitsSocket.Say(did, 0, 0, 0, 3, 6, 0, 0, 144, 1, 1, 1),
            "c2s_ack" => new JsonObject { ["cmd"] = name, ["res_sn"] = 1, ["did"] = did },
            "ping" => new JsonObject { ["cmd"] = name },
            _ => throw new InvalidOperationException($"{name} is new: say here what it looks like"),
        };
        foreach (var (_, what, frame) in FrameSpoiler.Spoil(sample, Schemas[name])) (await socket.RefusedAsync(frame)).ShouldBe(9015, $"{what}: {frame.ToJsonString()}");
        (await socket.UntilPongingAsync()).ShouldBeEmpty();
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
    }
}
