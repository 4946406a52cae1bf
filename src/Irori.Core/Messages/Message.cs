namespace Irori.Core.Messages;

/// <summary>What a message tells. The names are stored.</summary>
public enum MessageKind
{
    /// <summary>Somebody lets the person use a device.</summary>
    Shared,

    /// <summary>The person may not use a device any more, by no doing of his own.</summary>
    ShareEnded,

    /// <summary>A device was operated.</summary>
    Operated,

    /// <summary>A device reports an alarm.</summary>
    Alarmed,

    /// <summary>A device can be reached again.</summary>
    Online,

    /// <summary>A device cannot be reached.</summary>
    Offline,
}

/// <summary>Something that a person is told afterwards. What it says is made when it is read, in the words of the dialect and the language of the reader.</summary>
public sealed class Message
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Who is told.</summary>
    public required long Account { get; init; }

    /// <summary>The home to which it belongs; null: every home of the account.</summary>
    public long? Home { get; init; }

    /// <summary>The device of which it tells, or null.</summary>
    public long? Device { get; init; }

    /// <summary>What it tells.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>What was so when it happened, a JSON object (<see cref="MessageData"/>): later the reader may not see the device any more.</summary>
    public required string Data { get; init; }

    /// <summary>When it happened. No two messages of an account have the same time, so that a time is a place in the list.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What a message keeps.</summary>
/// <param name="DeviceId">Id of the device.</param>
/// <param name="DeviceName">What it was called.</param>
/// <param name="OwnerId">Id of the account that owned it, or null.</param>
/// <param name="Values">The values of which it tells, a JSON object in the product's own names, or null.</param>
/// <param name="By">Id of the account that did it, or null: on the device itself.</param>
public sealed record MessageData(string DeviceId, string DeviceName, string? OwnerId, string? Values = null, string? By = null);

/// <summary>Storage of messages.</summary>
public interface IMessageStore
{
    /// <summary>Adds a message, a moment later where the account has one of that time, and drops the account's oldest beyond <paramref name="keep"/>.</summary>
    Task AddAsync(Message message, int keep);

    /// <summary>Messages of an account for one of its homes before a time, newest first.</summary>
    Task<IReadOnlyList<Message>> ListAsync(long account, long home, DateTimeOffset before, int limit);

    /// <summary>Messages of a home become those of another.</summary>
    Task MoveAsync(long home, long to);

    /// <summary>Removes what an account was told.</summary>
    Task RemoveAllAsync(long account);

    /// <summary>Removes messages from before a time, at most <paramref name="limit"/>; answers how many.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit);
}
