using System.Text.Json.Nodes;
using Irori.Simulator.Net;

namespace Irori.Simulator;

/// <summary>What a device says, word for word. It numbers its requests and remembers the key of the account that owns it.</summary>
internal sealed class Firmware(DevicePlan plan, TimeProvider time)
{
    private const int ProtocolVersion = 8;
    private const string RomVersion = "1.8.1";

    private readonly long _switchedOn = time.GetTimestamp();
    private long _lastNumber;
    private string _apiKey = plan.Key;

    /// <summary>Its id, as far as the server has not given it another one.</summary>
    public string DeviceId { get; private set; } = plan.Id;

    private long Uptime => (long)time.GetElapsedTime(_switchedOn).TotalSeconds;

    /// <summary>The number of the next request: the second of the clock and a counter, always larger than the last one.</summary>
    public long NextNumber()
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastNumber);
            var next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeSeconds() * 1000);
            if (Interlocked.CompareExchange(ref _lastNumber, next, last) == last) return next;
        }
    }

    /// <summary>The device is registered: from now on it shows the key of its owner.</summary>
    public void Adopt(string? apiKey) => _apiKey = apiKey is { Length: > 0 } ? apiKey : plan.Key;

    /// <summary>It speaks over a gateway, by the id that the server knows it by.</summary>
    public void Join(string? deviceId, string? apiKey)
    {
        if (deviceId is { Length: > 0 }) DeviceId = deviceId;
        Adopt(apiKey);
    }

    public DispatchRequest Dispatch() => new()
    {
        Ts = Uptime, DeviceId = plan.Id, ApiKey = plan.Key, Model = plan.Model!, RomVersion = RomVersion, Version = ProtocolVersion,
    };

    public Frame Register() => new()
    {
        Action = "register", UserAgent = "device", ApiKey = plan.Key, DeviceId = plan.Id, DeviceSequence = NextNumber(), Version = ProtocolVersion,
        Model = plan.Model, RomVersion = RomVersion, ChipId = plan.ChipId, Ts = Uptime,
    };

    public Frame Date() => Request("date", NextNumber(), null);

    public Frame Update(Report report) => Request("update", report.Number, report.Params);

    public Frame Answer(Frame command, int error, FrameConfig? said = null) => new()
    {
        Error = error, UserAgent = "device", ApiKey = _apiKey, DeviceId = DeviceId, Sequence = command.Sequence?.DeepClone(), Config = said,
    };

    /// <summary>A gateway says something of a device behind it.</summary>
    public Frame OfSubDevice(string action, DevicePlan sub)
    {
        var named = new JsonObject { ["subDevId"] = sub.SubId ?? sub.Id };
        if (sub.Uiid > 0) named["uiid"] = sub.Uiid;
        return Request(action, NextNumber(), new JsonObject { ["subDevices"] = new JsonArray(named) });
    }

    private Frame Request(string action, long number, JsonObject? parameters) => new()
    {
        Action = action, UserAgent = "device", ApiKey = _apiKey, DeviceId = DeviceId, DeviceSequence = number, Params = parameters,
    };
}
