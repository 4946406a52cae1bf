using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Core.Homes;
using Irori.Core.Sharing;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The one table from Core's faults to the error codes of the v2 API and of the long connection.</summary>
internal static class CoolKitFaults
{
    public const int BadParameter = 400;
    public const int SessionEnded = 401;
    public const int SessionExpired = 402;
    public const int NoSuchOperation = 403;
    public const int NotFound = 405;
    public const int Refused = 406;
    public const int AppRefused = 407;
    public const int QuotaExceeded = 412;
    public const int Internal = 500;
    public const int DeviceOffline = 503;
    public const int DeviceSilent = 504;
    public const int ControlFailed = 4002;
    public const int WrongPassword = 10001;
    public const int WrongCode = 10002;
    public const int NoSuchUser = 10003;
    public const int OtherRegion = 10004;
    public const int UserExists = 10009;
    public const int TooManyCodes = 10010;
    public const int NoFirstHome = 20001;
    public const int TooManyHomes = 20002;
    public const int OnlyHome = 20003;
    public const int OwnedByOther = 30007;
    public const int NoSuchReceiver = 30008;
    public const int TooManyGroups = 30009;
    public const int WrongDeviceId = 30010;
    public const int NoFactoryRecord = 30011;
    public const int WrongChipId = 30014;
    public const int WrongDigest = 30015;
    public const int BrandRefused = 30017;

    /// <summary>Only within the answer to several commands at once.</summary>
    public const int OfflineInBatch = 30022;

    /// <summary>Field of the fault of a device id that cannot be one; one that is missing or mistyped is a bad parameter like any other.</summary>
    public const string DeviceIdShape = "deviceid.shape";

    /// <summary>The code of an HTTP answer (CoolKit v2, error codes).</summary>
    public static int OfHttp(Fault fault) => fault.Kind switch
    {
        FaultKind.Invalid => fault.Field == DeviceIdShape ? WrongDeviceId : BadParameter,
        FaultKind.LimitReached => fault.Field switch
        {
            HomeService.CountField => TooManyHomes,
            HomeService.LastHomeField => OnlyHome,
            GroupService.CountField => TooManyGroups,
            _ => BadParameter,
        },
        FaultKind.NotVisible => NotFound,
        FaultKind.NotAllowed => Refused,
        FaultKind.AppRefused => fault.Field == AddFields.Brand ? BrandRefused : AppRefused,
        FaultKind.BadSignature => Refused,
        FaultKind.SessionEnded => SessionEnded,
        FaultKind.SessionExpired => SessionExpired,
        FaultKind.OtherRegion => OtherRegion,
        FaultKind.NoSuchAccount => fault.Field == SharingService.ReceiverField ? NoSuchReceiver : NoSuchUser,
        FaultKind.AccountExists => UserExists,
        FaultKind.WrongPassword => WrongPassword,
        FaultKind.WrongCode => WrongCode,
        FaultKind.Throttled => fault.Field == CodeService.Field ? TooManyCodes : QuotaExceeded,
        FaultKind.Offline or FaultKind.NoAnswer or FaultKind.Undelivered or FaultKind.Rejected => ControlFailed,
        FaultKind.NotManufactured => NoFactoryRecord,
        FaultKind.AlreadyBound => OwnedByOther,
        FaultKind.WrongProof => fault.Field == AddFields.ChipId ? WrongChipId : WrongDigest,
        FaultKind.Unavailable when fault.Field == HomeService.FirstHomeField => NoFirstHome,
        _ => Internal,
    };

    /// <summary>
    /// The code of an answer on the long connection (CoolKit v2, realtime control): 503 for offline at once, 504 after the deadline; the code of a
    /// device that refuses is its own.
    /// </summary>
    public static int OfSocket(Fault fault) => fault.Kind switch
    {
        FaultKind.Offline => DeviceOffline,
        FaultKind.NoAnswer or FaultKind.Undelivered => DeviceSilent,
        FaultKind.Rejected => int.TryParse(fault.Detail, out var own) && own != 0 ? own : BadParameter,
        FaultKind.SessionEnded or FaultKind.SessionExpired => Refused,
        _ => OfHttp(fault),
    };
}
