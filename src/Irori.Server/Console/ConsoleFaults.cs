using Irori.Core;
using Irori.Core.Sharing;
using Irori.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>Core's faults as the console is told of them: a status, a word for the program and a sentence for the person.</summary>
internal static class ConsoleFaults
{
    public static Task WriteAsync(HttpContext context, Fault fault)
    {
        var (status, kind) = Of(fault);
        var message = fault is { Kind: FaultKind.Rejected, Detail: { } code } ? $"{fault.Reason} (code {code})" : fault.Reason;
        var wait = fault.RetryAfter is { } after ? (int)Math.Ceiling(after.TotalSeconds) : (int?)null;
        return ErrorAnswer.WriteAsync(context, status, new ErrorDetail(kind, message, fault.Field, wait));
    }

    // Who does not exist for an owner is no wrong login of his, and a limit on people no limit on bytes.
    private static (int Status, string Kind) Of(Fault fault) => fault switch
    {
        { Kind: FaultKind.NoSuchAccount, Field: SharingService.ReceiverField } => (StatusCodes.Status404NotFound, "noSuchAccount"),
        { Kind: FaultKind.LimitReached, Field: SharingService.ShareField } => (StatusCodes.Status409Conflict, "limitReached"),
        _ => Of(fault.Kind),
    };

    private static (int Status, string Kind) Of(FaultKind kind) => kind switch
    {
        FaultKind.Invalid => (StatusCodes.Status400BadRequest, "invalid"),
        FaultKind.NotVisible => (StatusCodes.Status404NotFound, "notFound"),
        FaultKind.NotAllowed => (StatusCodes.Status403Forbidden, "notAllowed"),
        FaultKind.AppRefused or FaultKind.BadSignature => (StatusCodes.Status403Forbidden, "appRefused"),
        FaultKind.SessionEnded or FaultKind.SessionExpired => (StatusCodes.Status401Unauthorized, "notSignedIn"),
        FaultKind.OtherRegion => (StatusCodes.Status403Forbidden, "otherRegion"),
        FaultKind.NoSuchAccount or FaultKind.WrongPassword or FaultKind.WrongCode => (StatusCodes.Status401Unauthorized, "wrongLogin"),
        FaultKind.Throttled => (StatusCodes.Status429TooManyRequests, "throttled"),
        FaultKind.LimitReached => (StatusCodes.Status413PayloadTooLarge, "tooLarge"),
        FaultKind.Offline => (StatusCodes.Status409Conflict, "offline"),
        FaultKind.Undelivered => (StatusCodes.Status409Conflict, "undelivered"),
        FaultKind.NoAnswer => (StatusCodes.Status504GatewayTimeout, "noAnswer"),
        FaultKind.Rejected => (StatusCodes.Status422UnprocessableEntity, "refused"),
        FaultKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "unavailable"),
        _ => (StatusCodes.Status409Conflict, "conflict"),
    };
}
