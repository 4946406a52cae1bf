namespace Irori.Dialects.Gizwits.Wire;

/// <summary>One documented error (Gizwits Open API, error codes).</summary>
/// <param name="Status">HTTP status of the answer. Where neither the document nor a client knows it: 404 for what is not found, else 400.</param>
/// <param name="ErrorCode">The code.</param>
/// <param name="ErrorMessage">The message as it is printed, misprints included: clients may compare it.</param>
internal sealed record ErrorEntry(int Status, int ErrorCode, string ErrorMessage);

/// <summary>Every error that the vendor documents, by code.</summary>
internal static class ErrorTable
{
    /// <summary>All, by code.</summary>
    public static IReadOnlyList<ErrorEntry> All { get; } =
    [
        new(400, 9001, "mac already registered!"),
        new(400, 9002, "product_key invalid"),
        new(400, 9003, "appid invalid"),
        new(400, 9004, "token invalid"),
        new(400, 9005, "user not exist"),
        new(400, 9006, "token expired"),
        new(400, 9007, "m2m_id invalid"),
        new(500, 9008, "server error"),
        new(400, 9009, "code expired"),
        new(400, 9010, "code invalid"),
        new(400, 9011, "sandbox scale quota exhausted!"),
        new(400, 9012, "production scale quota exhausted!"),
        new(400, 9013, "product has no request scale!"),
        new(404, 9014, "device not found!"),
        new(400, 9015, "form invalid!"),
        new(400, 9016, "did or passcode invalid!"),
        new(401, 9017, "device not bound!"),
        new(400, 9018, "phone unavailable!"),
        new(400, 9019, "username unavailable!"),
        new(400, 9020, "username or password error!"),
        new(400, 9021, "send command failed!"),
        new(400, 9022, "email unavailable!"),
        new(400, 9023, "device is disabled!"),
        new(400, 9024, "fail to notify m2m!"),
        new(400, 9025, "attr invalid!"),
        new(400, 9026, "user invalid!"),
        new(404, 9027, "firmware not found!"),
        new(404, 9028, "JD product info not found!"),
        new(400, 9029, "datapoint data not found!"),
        new(404, 9030, "scheduler not found!"),
        new(400, 9031, "qq oauth key invalid!"),
        new(400, 9032, "ota upgrade service OK, but in idle or disable!"),
        new(400, 9033, "bt firmware unverified,except verify device!"),
        new(404, 9034, "bt firmware is OK, but nothing to upgrade!"),
        new(500, 9035, "Save kairosdb error!"),
        new(400, 9036, "event not defined!"),
        new(400, 9037, "send sms failed!"),
        new(400, 9038, "X-Gizwits-Application-Auth invalid!"),
        new(403, 9039, "Not allowed to call deprecated API!"),
        new(400, 9040, "bad qrcode content!"),
        new(429, 9041, "request was throttled"),
        new(400, 9042, "device offline!"),
        new(400, 9043, "X-Gizwits-Timestamp invalid!"),
        new(400, 9044, "X-Gizwits-Signature invalid!"),
        new(400, 9045, "API deprecated!"),
        new(400, 9046, "Register already in progress!"),
        new(400, 9065, "appid has no relation with pk!"),
        new(400, 9068, "device share not enabled for this product"),
        new(400, 9069, "not the first user of this device"),
        new(400, 9075, "weak password not allowed"),
        new(400, 9080, "can not share device to self!"),
        new(400, 9081, "guest or normal user can not share device!"),
        new(404, 9082, "guest user not found!"),
        new(400, 9083, "guest user alread bound!"),
        new(404, 9084, "sharing record not found!"),
        new(404, 9085, "message record not found!"),
        new(400, 9087, "sharing alread created,waiting for the guest to accept!"),
        new(400, 9088, "sharing record expired!"),
        new(400, 9089, "sharing record status is not unaccept!"),
        new(400, 9090, "owner binding disabled!"),
        new(400, 9092, "owner exist, guest can not bind!"),
        new(400, 9093, "permission denied, you are not owner!"),
        new(400, 9094, "sharing already canceled!"),
        new(400, 9095, "can not unbind self!"),
        new(400, 9096, "permission denied, you are not guest!"),
        new(400, 9098, "notify delele binding failed!"),
        new(400, 9099, "notify delele binding failed!"),
        new(400, 9100, "permission denied, you are not owner or guest!"),
        new(400, 9101, "permission denied, you are not the receiver!"),
        new(400, 9102, "guest not bound"),
        new(400, 9103, "cannot transfer owner privilege to self"),
        new(400, 9104, "cannot transfer owner privilege to a time limited guest"),
        new(404, 9220, "scene not found!"),
        new(400, 9221, "the scene does not belong to you!"),
        new(400, 9999, "reserved"),
    ];

    private static readonly Dictionary<int, ErrorEntry> ByCode = All.ToDictionary(e => e.ErrorCode);

    /// <summary>The error of a code.</summary>
    public static ErrorEntry Of(int code) => ByCode[code];
}
