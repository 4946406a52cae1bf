using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core;

namespace Irori.Server.Console;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignInBody))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(HomesAnswer))]
[JsonSerializable(typeof(MembersAnswer))]
[JsonSerializable(typeof(InvitationsAnswer))]
[JsonSerializable(typeof(InviteBody))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(DevicesAnswer))]
[JsonSerializable(typeof(DeviceAnswer))]
[JsonSerializable(typeof(CommandBody))]
[JsonSerializable(typeof(CommandDone))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(FeedItem))]
[JsonSerializable(typeof(OutboxAnswer))]
[JsonSerializable(typeof(FoundAnswer))]
[JsonSerializable(typeof(InspectAnswer))]
[JsonSerializable(typeof(AppsAnswer))]
[JsonSerializable(typeof(RedirectBody))]
[JsonSerializable(typeof(ProductsAnswer))]
[JsonSerializable(typeof(FirmwareAnswer))]
[JsonSerializable(typeof(FirmwareItem))]
internal sealed partial class ConsoleJson : JsonSerializerContext
{
    /// <summary>An enumeration's value as the API writes it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
