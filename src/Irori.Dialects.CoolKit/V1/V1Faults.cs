using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V1;

/// <summary>From Core's faults to the error codes of v1: one table, and what single operations say otherwise (CoolKit v1, error codes).</summary>
internal static class V1Faults
{
    public const int OtherRegion = 301;
    public const int BadParameter = 400;
    public const int Unauthorized = 401;
    public const int Expired = 402;
    public const int Forbidden = 403;
    public const int NotFound = 404;
    public const int AuthenticationFailed = 406;
    public const int Exists = 409;
    public const int WrongCode = 498;
    public const int Internal = 500;
    public const int NoAnswer = 504;
    public const int TooManyCodes = 160038;

    /// <summary>The general table.</summary>
    public static int Of(Fault fault) => fault.Kind switch
    {
        FaultKind.Invalid or FaultKind.LimitReached => BadParameter,
        FaultKind.NotVisible => NotFound,
        FaultKind.NotAllowed => Forbidden,
        FaultKind.AppRefused or FaultKind.BadSignature or FaultKind.SessionEnded or FaultKind.SessionExpired => Unauthorized,
        FaultKind.OtherRegion => OtherRegion,
        FaultKind.NoSuchAccount or FaultKind.WrongPassword => Unauthorized,
        FaultKind.AccountExists => Exists,
        FaultKind.WrongCode => WrongCode,
        FaultKind.Throttled => fault.Field == CodeService.Field ? TooManyCodes : Forbidden,
        FaultKind.Offline or FaultKind.NoAnswer or FaultKind.Undelivered or FaultKind.Rejected => NoAnswer,
        _ => Internal,
    };

    /// <summary>Sign-in: an unknown account is 404, a wrong app 406.</summary>
    public static int OfSignIn(Fault fault) => fault.Kind switch
    {
        FaultKind.NoSuchAccount => NotFound,
        FaultKind.AppRefused or FaultKind.BadSignature => AuthenticationFailed,
        _ => Of(fault),
    };

    /// <summary>Codes: what cannot be sent is 504.</summary>
    public static int OfCodes(Fault fault) => fault is { Kind: FaultKind.Unavailable, Field: CodeService.Field } ? NoAnswer : Of(fault);

    /// <summary>Tokens: one that is too old is 402.</summary>
    public static int OfTokens(Fault fault) => fault.Kind == FaultKind.SessionExpired ? Expired : Of(fault);

    /// <summary>Adding: 401 is the shape of the id, 403 the brand, 404 a device without a record or whose key is wrong.</summary>
    public static int OfAdding(Fault fault) => fault.Kind switch
    {
        FaultKind.Invalid when fault.Field == CoolKitFaults.DeviceIdShape => Unauthorized,
        FaultKind.AppRefused when fault.Field == AddFields.Brand => Forbidden,
        FaultKind.NotManufactured or FaultKind.WrongProof => NotFound,
        FaultKind.AlreadyBound => Exists,
        _ => Of(fault),
    };
}
