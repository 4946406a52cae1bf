using Irori.Core;
using Irori.Core.Firmware;
using Irori.Core.Limits;
using Irori.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Server.Firmware;

/// <summary>
/// Where devices fetch firmware, in every dialect. They show nothing of themselves, so it is open to who knows the digest, which is told only to people who
/// have a device of the product.
/// </summary>
internal static class FirmwareEndpoint
{
    public static void MapFirmware(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/firmware/{digest}/{name}", [HttpMethods.Get, HttpMethods.Head], SendAsync)
            .Limit((limits, from) => limits.Connects(from)).ExcludeFromDescription();

    private static async Task<IResult> SendAsync(string digest, string name, FirmwareService firmware, CancellationToken cancel)
    {
        try
        {
            return await firmware.FindFileAsync(digest, name, cancel) is { } file
                ? Results.Stream(new FirmwareStream(firmware, file), "application/octet-stream", enableRangeProcessing: true)
                : Results.NotFound();
        }
        catch (UnavailableException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }
}
