using Irori.Core;
using Irori.Core.Firmware;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Which devices can be upgraded; the upgrade itself is started on the long connection (CoolKit v2, OTA).</summary>
internal sealed class FirmwareOperations(FirmwareService firmware)
{
    private const int MaxDevices = 30;

    public void Map(IEndpointRouteBuilder routes) => Operations.Map<FirmwareRequest, FirmwareData>(
        routes, new("POST", "/v2/device/ota/query", Access.Personal, "queryOta", DeviceOperations.Section, "Later firmware than devices have."), QueryAsync);

    private async Task<Result<FirmwareData>> QueryAsync(Caller caller, FirmwareRequest request, CancellationToken cancel)
    {
        if (request.DeviceInfoList.Count is 0 or > MaxDevices || request.DeviceInfoList.Any(d => d is null))
            return Fault.Invalid("deviceInfoList", $"deviceInfoList has 1 to {MaxDevices} entries");
        var questions = request.DeviceInfoList.Select(d => new FirmwareQuestion(d.DeviceId, d.Model, d.Version)).ToList();
        var offers = await firmware.OffersAsync(caller.Person, questions, cancel);
        return new FirmwareData([.. offers.Select(o => Of(o, caller.Origin))]);
    }

    private static FirmwareOfferData Of(FirmwareOffer offer, string origin) => new()
    {
        DeviceId = offer.DeviceId,
        Version = offer.Release.Version,
        BinList = [.. offer.Release.Files.Select(f => new FirmwareFileData(f.Name, $"{origin}/firmware/{f.Digest}/{f.Name}", f.Digest))],
    };
}
