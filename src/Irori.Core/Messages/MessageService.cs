using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core.Accounts;
using Irori.Core.Homes;
using Irori.Core.Outbox;

namespace Irori.Core.Messages;

/// <summary>What people are told afterwards: written in the unit of work of what happened, or by the outbox after it; read page by page.</summary>
public sealed class MessageService(IDatabase database, TimeProvider time)
{
    /// <summary>Most messages that are kept for an account.</summary>
    public const int MaxPerAccount = 500;

    /// <summary>An account's messages for a home before a time (null: now), newest first.</summary>
    public Task<IReadOnlyList<Message>> ListAsync(Account account, Home home, DateTimeOffset? before, int limit, CancellationToken cancel) =>
        // A message of this very moment is there already.
        database.ReadAsync(s => s.Messages.ListAsync(account.No, home.No, before ?? time.GetUtcNow().AddMinutes(1), limit), cancel);

    /// <summary>What a message keeps.</summary>
    public static MessageData Read(Message message) => JsonSerializer.Deserialize(message.Data, MessageJson.Default.MessageData)!;

    /// <summary>Tells everybody of a device who has asked to be told of such, within a unit of work; nobody of what was before he had it.</summary>
    internal static async Task TellAsync(IStores stores, OutboxRow happened)
    {
        if (await stores.Devices.FindAsync(happened.Device) is not { } device) return;
        var owner = (await stores.Bindings.ViewersAsync(device.No)).OwnerId;
        foreach (var binding in await stores.Bindings.OfDeviceAsync(device.No))
        {
            if (!binding.Wishes.HasFlag(WishesOf.For(happened.Kind)) || binding.Since > happened.At) continue;
            var data = new MessageData(device.Id, binding.Alias ?? device.Name, owner, happened.Body.Length > 0 ? happened.Body : null, happened.Account);
            await AddAsync(stores, binding.Account, device.No, KindOf(happened.Kind), data, happened.At);
        }
    }

    private static MessageKind KindOf(Happening happening) => happening switch
    {
        Happening.Operated => MessageKind.Operated,
        Happening.Alarmed => MessageKind.Alarmed,
        Happening.Online => MessageKind.Online,
        _ => MessageKind.Offline,
    };

    /// <summary>Tells an account of a device within a unit of work; the device still stands where the account has it.</summary>
    internal static async Task TellAsync(IStores stores, long account, long device, MessageKind kind, DateTimeOffset now)
    {
        if (await stores.Devices.FindAsync(device) is not { } told) return;
        var owner = (await stores.Bindings.ViewersAsync(device)).OwnerId;
        await AddAsync(stores, account, device, kind, new MessageData(told.Id, told.Name, owner), now);
    }

    private static async Task AddAsync(IStores stores, long account, long device, MessageKind kind, MessageData data, DateTimeOffset now) => await stores.Messages.AddAsync(
        new Message
        {
            Id = Ids.Hex24(), Account = account, Home = await stores.Homes.FindPlacementAsync(account, device), Device = device, Kind = kind,
            Data = JsonSerializer.Serialize(data, MessageJson.Default.MessageData), At = now,
        },
        MaxPerAccount);
}

/// <summary>JSON of what messages keep.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageData))]
internal sealed partial class MessageJson : JsonSerializerContext;
