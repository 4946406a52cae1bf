using Irori.Core;
using Irori.Core.Accounts;

namespace Irori.Server.Accounts;

/// <summary>A message in the outbox.</summary>
public sealed record OutboxMessage(long Id, DateTimeOffset Time, string To, CodePurpose Purpose, string Code, string Text);

/// <summary>Keeps the newest codes in memory for the operator to read, in place of sending them. Only where it was chosen.</summary>
public sealed class DevelopmentOutbox : ICodeSender
{
    /// <summary>Messages that are kept.</summary>
    public const int Limit = 200;

    private readonly Lock _lock = new();
    private readonly Queue<OutboxMessage> _messages = new(Limit);
    private long _last;

    /// <summary>Keeps the message.</summary>
    public Task<Result<Done>> SendAsync(CodeMessage message, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_messages.Count == Limit) _messages.Dequeue();
            _messages.Enqueue(new OutboxMessage(++_last, message.At, message.To.Value, message.Purpose, message.Code, CodeText.Body(message)));
        }

        return Task.FromResult<Result<Done>>(new Done());
    }

    /// <summary>The newest messages, newest first.</summary>
    public IReadOnlyList<OutboxMessage> Newest(int limit)
    {
        lock (_lock) return [.. _messages.Reverse().Take(limit)];
    }
}
