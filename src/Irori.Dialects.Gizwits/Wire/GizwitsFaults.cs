using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Messages;
using Irori.Core.Sharing;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>The one table from Core's faults to the vendor's codes (Gizwits Open API, error codes).</summary>
internal static class GizwitsFaults
{
    public const int ProductKeyInvalid = 9002;
    public const int AppIdInvalid = 9003;
    public const int TokenInvalid = 9004;
    public const int NoSuchUser = 9005;
    public const int TokenExpired = 9006;
    public const int ServerError = 9008;
    public const int CodeInvalid = 9010;
    public const int DeviceNotFound = 9014;
    public const int FormInvalid = 9015;
    public const int NotBound = 9017;
    public const int PhoneUnavailable = 9018;
    public const int NameUnavailable = 9019;
    public const int PasswordWrong = 9020;
    public const int CommandFailed = 9021;
    public const int EmailUnavailable = 9022;
    public const int DeviceDisabled = 9023;
    public const int AttributeInvalid = 9025;
    public const int NoData = 9029;
    public const int SchedulerNotFound = 9030;
    public const int ThirdPartyRefused = 9031;
    public const int EventUnknown = 9036;
    public const int SmsFailed = 9037;
    public const int ApplicationAuthInvalid = 9038;
    public const int BadQrCode = 9040;
    public const int Throttled = 9041;
    public const int Offline = 9042;
    public const int TimestampInvalid = 9043;
    public const int SignatureInvalid = 9044;
    public const int ShareToSelf = 9080;
    public const int OnlyOwnerShares = 9081;
    public const int NoSuchGuest = 9082;
    public const int GuestBound = 9083;
    public const int ShareNotFound = 9084;
    public const int MessageNotFound = 9085;
    public const int ShareWaits = 9087;
    public const int ShareExpired = 9088;
    public const int ShareAnswered = 9089;
    public const int ShareOwnerGone = 9090;
    public const int OwnerExists = 9092;
    public const int OwnerOnly = 9093;
    public const int ShareCancelled = 9094;
    public const int NotYourself = 9095;
    public const int OnlyGuests = 9096;
    public const int MessageDeleted = 9098;

    public const int GuestNotBound = 9102;
    public const int HandedToSelf = 9103;
    public const int HandedToTimed = 9104;
    public const int SceneNotFound = 9220;

    /// <summary>What is not served at all.</summary>
    public const int Reserved = 9999;

    /// <summary>The code of a fault; what is not found is another thing in each operation.</summary>
    public static int Of(Fault fault, int notFound) => fault.Kind switch
    {
        FaultKind.Invalid => fault.Field switch
        {
            GizwitsFields.Attributes => AttributeInvalid,
            GizwitsFields.QrContent => BadQrCode,
            GizwitsFields.Timestamp => TimestampInvalid,
            GizwitsFields.Event => EventUnknown,
            BindingFields.Self => NotYourself,
            SharingService.ReceiverField => ShareToSelf,
            InvitationFields.HandedToSelf => HandedToSelf,
            _ => FormInvalid,
        },
        FaultKind.NotVisible => fault.Field switch
        {
            GizwitsFields.ProductKey => ProductKeyInvalid,
            GizwitsFields.Device => DeviceNotFound,
            GizwitsFields.Bound => NotBound,
            GizwitsFields.Scene => SceneNotFound,
            GizwitsFields.Data => NoData,
            BindingFields.Guest => NoSuchGuest,
            InvitationFields.NoGuest => GuestNotBound,
            _ => notFound,
        },
        FaultKind.NotAllowed => fault.Field switch
        {
            BindingFields.Disabled => DeviceDisabled,
            InvitationFields.Own => OnlyGuests,
            InvitationFields.TimedGuest => HandedToTimed,
            GizwitsFields.Sharing => OnlyOwnerShares,
            _ => OwnerOnly,
        },
        FaultKind.AppRefused => AppIdInvalid,
        FaultKind.BadSignature => fault.Field == GizwitsFields.ApplicationAuth ? ApplicationAuthInvalid : SignatureInvalid,
        FaultKind.SessionEnded => TokenInvalid,
        FaultKind.SessionExpired => TokenExpired,
        FaultKind.NoSuchAccount or FaultKind.OtherRegion => fault.Field == SharingService.ReceiverField ? NoSuchGuest : NoSuchUser,
        FaultKind.AccountExists => fault.Field switch
        {
            IdentityService.PhoneField => PhoneUnavailable,
            IdentityService.EmailField => EmailUnavailable,
            _ => NameUnavailable,
        },
        FaultKind.WrongPassword => PasswordWrong,
        FaultKind.WrongCode => CodeInvalid,
        FaultKind.Throttled => Throttled,
        FaultKind.Offline => Offline,
        FaultKind.NoAnswer or FaultKind.Undelivered or FaultKind.Rejected => CommandFailed,
        FaultKind.NotManufactured => DeviceNotFound,
        FaultKind.WrongProof => fault.Field == IdentityService.ThirdPartyField ? ThirdPartyRefused : SignatureInvalid,
        FaultKind.AlreadyBound => fault.Field switch
        {
            InvitationFields.Bound => GuestBound,
            InvitationFields.Waiting => ShareWaits,
            _ => OwnerExists,
        },
        FaultKind.LimitReached => FormInvalid,
        FaultKind.Superseded => fault.Field switch
        {
            MessageService.DeletedField => MessageDeleted,
            InvitationFields.Expired => ShareExpired,
            InvitationFields.Answered => ShareAnswered,
            InvitationFields.OwnerLeft => ShareOwnerGone,
            _ => ShareCancelled,
        },
        FaultKind.Unavailable => fault.Field == GizwitsFields.Sms ? SmsFailed : ServerError,
        _ => ServerError,
    };
}

/// <summary>Fields of faults that begin in this dialect and have codes of their own.</summary>
internal static class GizwitsFields
{
    public const string Attributes = "attrs";
    public const string QrContent = "qr_content";
    public const string Timestamp = "X-Gizwits-Timestamp";
    public const string ProductKey = "product_key";
    public const string ApplicationAuth = "X-Gizwits-Application-Auth";
    public const string Sms = "sms";
    public const string Sharing = "sharing";
    public const string Event = "event";
    public const string Device = "did";
    public const string Bound = "bound";
    public const string Scene = "scene_id";
    public const string Data = "data";
}
