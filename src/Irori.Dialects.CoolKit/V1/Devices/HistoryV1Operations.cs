using System.Globalization;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.History;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>How a device was operated (CoolKit v1, history, in the Chinese edition of the document).</summary>
internal sealed class HistoryV1Operations(DeviceService devices, HistoryService history, RetentionSettings retention)
{
    private const int MaxPage = 100;
    private const int PageByDefault = 30;
    private const int MaxPages = 1_000;
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 1;

    public void Map(IEndpointRouteBuilder routes) => Operations.Map<HistoryV1Request, HistoryV1Answer>(
        routes,
        new("POST", "/api/user/deviceHistory", Access.Personal, "listDeviceHistoryV1", DeviceV1Operations.Manage, "How a device was operated, newest first.") { Edition = PlainEdition.General },
        ListAsync);

    private async Task<Result<HistoryV1Answer>> ListAsync(Caller caller, HistoryV1Request request, CancellationToken cancel)
    {
        if (request.PageSize is < 1 or > MaxPage) return Fault.Invalid("pageSize", $"pageSize is 1 to {MaxPage}");
        if (request.CurrentPage is < 1 or > MaxPages) return Fault.Invalid("currentPage", $"currentPage is 1 to {MaxPages}");
        if (IsNoTime(request.StartTime)) return Fault.Invalid("startTime", "startTime is in seconds since 1970");
        if (IsNoTime(request.EndTime)) return Fault.Invalid("endTime", "endTime is in seconds since 1970");
        if (!(await devices.FindAsync(caller.Person, request.DeviceId, cancel)).Try(out var device, out var fault)) return fault;
        var size = request.PageSize ?? PageByDefault;
        var range = new OperationRange(size, ((request.CurrentPage ?? 1) - 1) * size)
        {
            From = request.StartTime is { } from ? DateTimeOffset.FromUnixTimeSeconds(from) : null,
            // The last second belongs to it.
            Before = request.EndTime is { } last ? DateTimeOffset.FromUnixTimeSeconds(last + 1) : null,
        };
        return (await history.OperationsAsync(caller.Person, device.Id, range, cancel)).Try(out var operations, out fault)
            ? new HistoryV1Answer(0, [.. operations.Select(o => Show(device.Id, device.OwnerId ?? "", o))])
            : fault;
    }

    private HistoryV1 Show(string deviceId, string owner, OperationRecord operation) => new()
    {
        Hid = operation.No.ToString(CultureInfo.InvariantCulture),
        UserAgent = operation.Account is null ? "device" : "app",
        Apikey = operation.Account ?? owner,
        OpsAccount = operation.Email ?? operation.Phone,
        OpsSwitchs = HistoryOperations.Channels(operation.Body),
        OpsTime = UserV1.Iso(operation.At),
        DeviceId = deviceId,
        OpsDate = int.Parse(operation.At.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        TtlTime = operation.At.AddDays(retention.OperationDays).ToUnixTimeSeconds(),
        Request = operation.Body,
    };

    private static bool IsNoTime(long? seconds) => seconds is { } given && (given < 0 || given > LastSecond);
}
