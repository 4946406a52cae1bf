using System.Text.Json;
using Irori.Core;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>Frames as they go over the connection.</summary>
internal static class FrameText
{
    public const string Ping = "ping";
    public const string Login = "login_req";
    public const string Subscribe = "subscribe_req";
    public const string Read = "c2s_read";
    public const string Write = "c2s_write";
    public const string Say = "c2s_raw";
    public const string Acknowledge = "c2s_ack";

    /// <summary>The app is not signed in, or not any more. Clients sign in anew when they read this number, or this text.</summary>
    public static ReadOnlyMemory<byte> NotSignedIn { get; } = Invalid(1009, "M2M socket has closed, please login again!");

    /// <summary>The app has not said anything for too long.</summary>
    public static ReadOnlyMemory<byte> NoHeartbeat { get; } = Invalid(1011, "No heartbeat!");

    /// <summary>The answer to a heartbeat.</summary>
    public static ReadOnlyMemory<byte> Pong { get; } = Of(new BareFrame("pong"));

    /// <summary>Whether an app has signed in.</summary>
    public static ReadOnlyMemory<byte> SignedIn(bool success) => Of(new Frame<LoginAnswer>("login_res", new(success)));

    /// <summary>What has become of the wish to hear of devices.</summary>
    public static ReadOnlyMemory<byte> Subscribed(IReadOnlyList<Subscribed> success, IReadOnlyList<Subscribed> failed) =>
        Of(new Frame<SubscribeAnswer>("subscribe_res", new(success, failed)));

    /// <summary>A device's state; with the number of the frame that asked for it, or null.</summary>
    public static ReadOnlyMemory<byte> State(string did, RawJson attrs, long? number) => Of(new StateFrame("s2c_noti", number, new(did, attrs)));

    /// <summary>What a device says in bytes.</summary>
    public static ReadOnlyMemory<byte> Said(string did, byte[] frame) => Of(new Frame<SaidTerms>("s2c_raw", new(did, [.. frame.Select(b => (int)b)])));

    /// <summary>A device has acknowledged the command of a number.</summary>
    public static ReadOnlyMemory<byte> Acknowledged(string did, long number) => Of(new AcknowledgedFrame("s2c_ack", number, did));

    /// <summary>A device came or went.</summary>
    public static ReadOnlyMemory<byte> Presence(string did, string passcode, string mac, bool online) =>
        Of(new Frame<PresenceTerms>("s2c_online_status", new(did, passcode, mac, online)));

    /// <summary>A person has got a device, or lost it.</summary>
    public static ReadOnlyMemory<byte> Binding(string did, bool bound) => Of(new Frame<BindingTerms>("s2c_binding_changed", new(did, bound)));

    /// <summary>
    /// What is wrong with a frame, or with what it asks. Only two numbers of the connection itself are known, both above; everything else goes by the code that
    /// the same fault has over HTTP.
    /// </summary>
    public static ReadOnlyMemory<byte> Invalid(Fault fault)
    {
        var (code, text) = ErrorOf(fault);
        return Invalid(code, text);
    }

    /// <summary>Number and text of a fault.</summary>
    public static (int Code, string Text) ErrorOf(Fault fault)
    {
        var error = ErrorTable.Of(GizwitsFaults.Of(fault, GizwitsFaults.DeviceNotFound));
        return (error.ErrorCode, $"{error.ErrorMessage} {fault.Reason}");
    }

    private static ReadOnlyMemory<byte> Invalid(int code, string text) => Of(new Frame<InvalidTerms>("s2c_invalid_msg", new(code, text)));

    private static ReadOnlyMemory<byte> Of<T>(T frame) => JsonSerializer.SerializeToUtf8Bytes(frame, GizwitsJson.TypeOf<T>());
}
