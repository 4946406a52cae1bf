using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.V2.Families;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Realtime;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The JSON of the dialect. Text is not escaped more than JSON asks, for devices with small parsers.</summary>
[JsonSerializable(typeof(Envelope<Nothing>))]
[JsonSerializable(typeof(Envelope<Redirection>))]
[JsonSerializable(typeof(Envelope<RegionData>))]
[JsonSerializable(typeof(Envelope<SessionData>))]
[JsonSerializable(typeof(Envelope<TokenData>))]
[JsonSerializable(typeof(Envelope<ProfileData>))]
[JsonSerializable(typeof(Envelope<FamilyListData>))]
[JsonSerializable(typeof(Envelope<ThingListData>))]
[JsonSerializable(typeof(Envelope<ThingsData>))]
[JsonSerializable(typeof(Envelope<ThingData>))]
[JsonSerializable(typeof(Envelope<StatusData>))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(RegionRequest))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(SmsLoginRequest))]
[JsonSerializable(typeof(CodeRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(ProfileRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(CloseAccountRequest))]
[JsonSerializable(typeof(FamilyListRequest))]
[JsonSerializable(typeof(ThingListRequest))]
[JsonSerializable(typeof(ThingsRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(StatusUpdateRequest))]
[JsonSerializable(typeof(AddDeviceRequest))]
[JsonSerializable(typeof(DeleteDeviceRequest))]
[JsonSerializable(typeof(DispatchAppAnswer))]
[JsonSerializable(typeof(DispatchDeviceAnswer))]
[JsonSerializable(typeof(DeviceSettings))]
[JsonSerializable(typeof(UserOnlineFrame))]
[JsonSerializable(typeof(CommandFrame))]
[JsonSerializable(typeof(QueryFrame))]
[JsonSerializable(typeof(RegisterFrame))]
[JsonSerializable(typeof(ReportFrame))]
internal sealed partial class CoolKitJson : JsonSerializerContext
{
    public static CoolKitJson Instance { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        MaxDepth = Core.JsonText.MaxDepth,
    });

    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)(Instance.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} is not in the JSON context"));
}
