using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Irori.Dialects.CoolKit.V1;
using Irori.Dialects.CoolKit.V1.Devices;
using Irori.Dialects.CoolKit.V1.Groups;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.V2.Families;
using Irori.Dialects.CoolKit.V2.Homepage;
using Irori.Dialects.CoolKit.V2.Messages;
using Irori.Dialects.CoolKit.V2.OAuth;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Realtime;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The JSON of the dialect. Text is not escaped more than JSON asks, for devices with small parsers.</summary>
[JsonSerializable(typeof(Envelope<Nothing>))]
[JsonSerializable(typeof(Envelope<Redirection>))]
[JsonSerializable(typeof(Envelope<RegionData>))]
[JsonSerializable(typeof(Envelope<SessionData>))]
[JsonSerializable(typeof(Envelope<TokenData>))]
[JsonSerializable(typeof(Envelope<OAuthTokenData>))]
[JsonSerializable(typeof(Envelope<ProfileData>))]
[JsonSerializable(typeof(Envelope<FamilyListData>))]
[JsonSerializable(typeof(Envelope<NewFamilyData>))]
[JsonSerializable(typeof(Envelope<RoomData>))]
[JsonSerializable(typeof(Envelope<HomepageData>))]
[JsonSerializable(typeof(Envelope<MessageListData>))]
[JsonSerializable(typeof(Envelope<ThingListData>))]
[JsonSerializable(typeof(Envelope<ThingsData>))]
[JsonSerializable(typeof(Envelope<ThingData>))]
[JsonSerializable(typeof(Envelope<StatusData>))]
[JsonSerializable(typeof(Envelope<BatchStatusData>))]
[JsonSerializable(typeof(Envelope<UpdatedThingData>))]
[JsonSerializable(typeof(Envelope<UpdatedThingsData>))]
[JsonSerializable(typeof(Envelope<GroupListData>))]
[JsonSerializable(typeof(Envelope<HistoryData>))]
[JsonSerializable(typeof(Envelope<FirmwareData>))]
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
[JsonSerializable(typeof(OAuthTokenRequest))]
[JsonSerializable(typeof(FamilyListRequest))]
[JsonSerializable(typeof(CreateFamilyRequest))]
[JsonSerializable(typeof(CreateRoomRequest))]
[JsonSerializable(typeof(UpdateFamilyRequest))]
[JsonSerializable(typeof(UpdateRoomRequest))]
[JsonSerializable(typeof(SortRoomsRequest))]
[JsonSerializable(typeof(DeleteFamilyRequest))]
[JsonSerializable(typeof(IdRequest))]
[JsonSerializable(typeof(SortThingsRequest))]
[JsonSerializable(typeof(RoomThingsRequest))]
[JsonSerializable(typeof(HomepageRequest))]
[JsonSerializable(typeof(MessageListRequest))]
[JsonSerializable(typeof(ThingListRequest))]
[JsonSerializable(typeof(ThingsRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(StatusUpdateRequest))]
[JsonSerializable(typeof(AddDeviceRequest))]
[JsonSerializable(typeof(BatchStatusRequest))]
[JsonSerializable(typeof(AddGsmRequest))]
[JsonSerializable(typeof(DeviceIdRequest))]
[JsonSerializable(typeof(UpdateInfoRequest))]
[JsonSerializable(typeof(TagsRequest))]
[JsonSerializable(typeof(SettingsRequest))]
[JsonSerializable(typeof(GroupListRequest))]
[JsonSerializable(typeof(CreateGroupRequest))]
[JsonSerializable(typeof(UpdateGroupRequest))]
[JsonSerializable(typeof(GroupIdRequest))]
[JsonSerializable(typeof(GroupStatusRequest))]
[JsonSerializable(typeof(GroupDevicesRequest))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(SharePermitRequest))]
[JsonSerializable(typeof(CancelShareRequest))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(FirmwareRequest))]
[JsonSerializable(typeof(DispatchAppAnswer))]
[JsonSerializable(typeof(DispatchDeviceAnswer))]
[JsonSerializable(typeof(DispatchAppRequest))]
[JsonSerializable(typeof(DispatchRefusal))]
[JsonSerializable(typeof(DeviceSettings))]
[JsonSerializable(typeof(UserOnlineFrame))]
[JsonSerializable(typeof(CommandFrame))]
[JsonSerializable(typeof(QueryFrame))]
[JsonSerializable(typeof(UpgradeFrame))]
[JsonSerializable(typeof(ShareFrame))]
[JsonSerializable(typeof(RegisterFrame))]
[JsonSerializable(typeof(ReportFrame))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(AddFailure))]
[JsonSerializable(typeof(OneDeviceV1))]
[JsonSerializable(typeof(RenamedAnswer))]
[JsonSerializable(typeof(HistoryV1Answer))]
[JsonSerializable(typeof(DeleteDeviceV1Request))]
[JsonSerializable(typeof(RenameDeviceRequest))]
[JsonSerializable(typeof(TagV1Request))]
[JsonSerializable(typeof(HistoryV1Request))]
[JsonSerializable(typeof(AddGsmV1Request))]
[JsonSerializable(typeof(CreateGroupV1Request))]
[JsonSerializable(typeof(UpdateGroupV1Request))]
[JsonSerializable(typeof(DeleteGroupV1Request))]
[JsonSerializable(typeof(MoveToGroupV1Request))]
[JsonSerializable(typeof(GroupMoveV1))]
[JsonSerializable(typeof(ListGroupsV1Request))]
[JsonSerializable(typeof(GroupMadeAnswer))]
[JsonSerializable(typeof(GroupsV1Answer))]
[JsonSerializable(typeof(RegionV1Request))]
[JsonSerializable(typeof(SmsRequest))]
[JsonSerializable(typeof(RegisterV1Request))]
[JsonSerializable(typeof(LoginV1Request))]
[JsonSerializable(typeof(ResetPasswordV1Request))]
[JsonSerializable(typeof(ChangePasswordV1Request))]
[JsonSerializable(typeof(RefreshV1Request))]
[JsonSerializable(typeof(RegionV1Answer))]
[JsonSerializable(typeof(Success))]
[JsonSerializable(typeof(PasswordChanged))]
[JsonSerializable(typeof(SessionV1Answer))]
[JsonSerializable(typeof(DeviceListRequest))]
[JsonSerializable(typeof(DeviceRequest))]
[JsonSerializable(typeof(AddDeviceV1Request))]
[JsonSerializable(typeof(StatusV1Request))]
[JsonSerializable(typeof(StatusUpdateV1Request))]
[JsonSerializable(typeof(DeviceListAnswer))]
[JsonSerializable(typeof(DeviceV1))]
[JsonSerializable(typeof(StatusV1Answer))]
[JsonSerializable(typeof(DeviceConfigData))]
[JsonSerializable(typeof(SubDevicesFrame))]
[JsonSerializable(typeof(IReadOnlyList<SubDeviceData>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(StatusUpdatedAnswer))]
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
