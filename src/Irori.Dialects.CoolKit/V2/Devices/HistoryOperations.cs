using System.Text.Json;
using Irori.Core;
using Irori.Core.History;
using Irori.Dialects.CoolKit.Realtime;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>What a device was operated (CoolKit v2, history).</summary>
internal sealed class HistoryOperations(HistoryService history)
{
    private const int MaxNum = 30;
    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<HistoryRequest, HistoryData>(
            routes, new("GET", "/v2/device/history", Access.Personal, "getDeviceHistory", DeviceOperations.Section, "How a device was operated, newest first."), ListAsync);
        Operations.Map<DeviceIdRequest, Nothing>(
            routes, new("DELETE", "/v2/device/history", Access.Personal, "clearDeviceHistory", DeviceOperations.Section, "Forgets how a device was operated."), ClearAsync);
    }

    private async Task<Result<HistoryData>> ListAsync(Caller caller, HistoryRequest request, CancellationToken cancel)
    {
        if (request.Num is < 1 or > MaxNum) return Fault.Invalid("num", $"num is 1 to {MaxNum}");
        if (request.From is { } given && (given < 0 || given > LastTime)) return Fault.Invalid("from", "from is a time in milliseconds");
        var range = new OperationRange(request.Num ?? MaxNum) { Before = request.From is { } before ? DateTimeOffset.FromUnixTimeMilliseconds(before) : null };
        var listed = await history.OperationsAsync(caller.Person, request.DeviceId, range, cancel);
        return listed.Try(out var operations, out var fault) ? new HistoryData([.. operations.Select(o => Of(request.DeviceId, o))]) : fault;
    }

    private async Task<Result<Nothing>> ClearAsync(Caller caller, DeviceIdRequest request, CancellationToken cancel) =>
        (await history.ClearOperationsAsync(caller.Person, request.DeviceId, cancel)).Fault is { } fault ? fault : Nothing.Value;

    private static HistoryEntryData Of(string deviceId, OperationRecord operation) => new()
    {
        DeviceId = deviceId,
        UserAgent = operation.Account is null ? "device" : "app",
        OpsSwitchs = Channels(operation.Body),
        Request = operation.Body,
        OpsAccount = operation.Email ?? operation.Phone,
        OpsTime = operation.At.ToUnixTimeMilliseconds(),
    };

    /// <summary>A list as text: "switch" for a device with one channel, the numbers of the channels for one with more.</summary>
    internal static string? Channels(string body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var objects = (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : Enumerable.Repeat(root, 1)).Where(o => o.ValueKind == JsonValueKind.Object);
        var channels = new List<string>();
        foreach (var property in objects.SelectMany(o => o.EnumerateObject()))
        {
            if (property.NameEquals(Operated.Switch)) channels.Add("\"switch\"");
            if (!property.NameEquals(Operated.Switches) || property.Value.ValueKind != JsonValueKind.Array) continue;
            foreach (var channel in property.Value.EnumerateArray())
            {
                if (channel.ValueKind == JsonValueKind.Object && channel.TryGetProperty("outlet", out var outlet)) channels.Add(outlet.GetRawText());
            }
        }

        return channels.Count > 0 ? $"[{string.Join(',', channels.Distinct(StringComparer.Ordinal))}]" : null;
    }
}
