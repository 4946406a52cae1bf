using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;
using Irori.Dialects.Gizwits.Aggregates;
using Irori.Dialects.Gizwits.Bindings;
using Irori.Dialects.Gizwits.Groups;
using Irori.Dialects.Gizwits.Messages;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Realtime;
using Irori.Dialects.Gizwits.Rules;
using Irori.Dialects.Gizwits.Scenes;
using Irori.Dialects.Gizwits.Schedulers;
using Irori.Dialects.Gizwits.Sharing;
using Irori.Dialects.Gizwits.SystemInformation;
using Irori.Dialects.Gizwits.Users;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>The JSON of the dialect.</summary>
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ErrorEntry>))]
[JsonSerializable(typeof(CreateUserRequest))]
[JsonSerializable(typeof(UpdateUserRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(SmartHomeLoginRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(SmsCodeRequest))]
[JsonSerializable(typeof(CaptchaRequest))]
[JsonSerializable(typeof(CheckCodeRequest))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UserProfile))]
[JsonSerializable(typeof(UpdatedAnswer))]
[JsonSerializable(typeof(AppTokenAnswer))]
[JsonSerializable(typeof(CaptchaAnswer))]
[JsonSerializable(typeof(SmartHomeAnswer))]
[JsonSerializable(typeof(BindMacRequest))]
[JsonSerializable(typeof(BindLatestRequest))]
[JsonSerializable(typeof(ListBindingsRequest))]
[JsonSerializable(typeof(UnbindRequest))]
[JsonSerializable(typeof(UpdateBindingRequest))]
[JsonSerializable(typeof(DidRequest))]
[JsonSerializable(typeof(UnbindGuestRequest))]
[JsonSerializable(typeof(BoundDevicesAnswer))]
[JsonSerializable(typeof(BoundDeviceAnswer))]
[JsonSerializable(typeof(DoneForAnswer))]
[JsonSerializable(typeof(OwnWordsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<GuestAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ProductRequest))]
[JsonSerializable(typeof(RawDataRequest))]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(LatestAnswer))]
[JsonSerializable(typeof(DatapointAnswer))]
[JsonSerializable(typeof(RawDataAnswer))]
[JsonSerializable(typeof(CreateGroupRequest))]
[JsonSerializable(typeof(GroupIdRequest))]
[JsonSerializable(typeof(RenameGroupRequest))]
[JsonSerializable(typeof(GroupDevicesRequest))]
[JsonSerializable(typeof(RemoveGroupDevicesRequest))]
[JsonSerializable(typeof(GroupControlRequest))]
[JsonSerializable(typeof(IReadOnlyList<GroupAnswer>))]
[JsonSerializable(typeof(NewGroupAnswer))]
[JsonSerializable(typeof(IReadOnlyList<GroupDeviceAnswer>))]
[JsonSerializable(typeof(GroupDoneAnswer))]
[JsonSerializable(typeof(IReadOnlyList<GroupResult>))]
[JsonSerializable(typeof(ListMessagesRequest))]
[JsonSerializable(typeof(MarkMessageRequest))]
[JsonSerializable(typeof(MessagesAnswer))]
[JsonSerializable(typeof(CreateSharingRequest))]
[JsonSerializable(typeof(ListSharingRequest))]
[JsonSerializable(typeof(SharingIdRequest))]
[JsonSerializable(typeof(AnswerSharingRequest))]
[JsonSerializable(typeof(SharingCodeRequest))]
[JsonSerializable(typeof(SharingAliasRequest))]
[JsonSerializable(typeof(TransferRequest))]
[JsonSerializable(typeof(NewSharingAnswer))]
[JsonSerializable(typeof(SharingListAnswer))]
[JsonSerializable(typeof(SharingIdAnswer))]
[JsonSerializable(typeof(SharingCodeAnswer))]
[JsonSerializable(typeof(LoginFrame))]
[JsonSerializable(typeof(SubscribeFrame))]
[JsonSerializable(typeof(ReadFrame))]
[JsonSerializable(typeof(WriteFrame))]
[JsonSerializable(typeof(SayFrame))]
[JsonSerializable(typeof(AcknowledgeFrame))]
[JsonSerializable(typeof(BareFrame))]
[JsonSerializable(typeof(Frame<LoginAnswer>))]
[JsonSerializable(typeof(Frame<SubscribeAnswer>))]
[JsonSerializable(typeof(Frame<SaidTerms>))]
[JsonSerializable(typeof(Frame<PresenceTerms>))]
[JsonSerializable(typeof(Frame<BindingTerms>))]
[JsonSerializable(typeof(Frame<InvalidTerms>))]
[JsonSerializable(typeof(StateFrame))]
[JsonSerializable(typeof(AcknowledgedFrame))]
[JsonSerializable(typeof(RuleParamsRequest))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<RuleParam>>))]
[JsonSerializable(typeof(PageRequest))]
[JsonSerializable(typeof(CreateRuleRequest))]
[JsonSerializable(typeof(UpdateRuleRequest))]
[JsonSerializable(typeof(RuleIdRequest))]
[JsonSerializable(typeof(RuleIdAnswer))]
[JsonSerializable(typeof(RuleAnswer))]
[JsonSerializable(typeof(RulesAnswer))]
[JsonSerializable(typeof(CreateSceneRequest))]
[JsonSerializable(typeof(UpdateSceneRequest))]
[JsonSerializable(typeof(SceneIdRequest))]
[JsonSerializable(typeof(SceneWritten))]
[JsonSerializable(typeof(SceneIdAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SceneAnswer>))]
[JsonSerializable(typeof(SceneStatusAnswer))]
[JsonSerializable(typeof(ListSchedulerRequest))]
[JsonSerializable(typeof(CreateSchedulerRequest))]
[JsonSerializable(typeof(UpdateSchedulerRequest))]
[JsonSerializable(typeof(SchedulerIdRequest))]
[JsonSerializable(typeof(TaskFields))]
[JsonSerializable(typeof(TaskIdAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SchedulerAnswer>))]
[JsonSerializable(typeof(ListCommonSchedulerRequest))]
[JsonSerializable(typeof(CreateCommonSchedulerRequest))]
[JsonSerializable(typeof(UpdateCommonSchedulerRequest))]
[JsonSerializable(typeof(TaskIdRequest))]
[JsonSerializable(typeof(CreateLegacySchedulerRequest))]
[JsonSerializable(typeof(LegacyFields))]
[JsonSerializable(typeof(IReadOnlyList<LegacySchedulerAnswer>))]
[JsonSerializable(typeof(LegacyLogAnswer))]
[JsonSerializable(typeof(AggregateRequest))]
[JsonSerializable(typeof(AggregateAnswer))]
internal sealed partial class GizwitsJson : JsonSerializerContext
{
    public static GizwitsJson Instance { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        MaxDepth = JsonText.MaxDepth,
    });

    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)(Instance.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} is not in the JSON context"));
}
