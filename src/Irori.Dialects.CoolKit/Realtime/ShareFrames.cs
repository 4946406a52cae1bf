using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Sharing;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>
/// Sharing over the long connection (CoolKit v1, share, update share, cancel share). The document leaves out how the receiver is asked: he gets the
/// sender's frame with the number of the share in <c>sequence</c>, and answers it as any frame is answered, with <c>result</c> 2 or 3.
/// </summary>
internal sealed class ShareFrames(SharingService sharing, Principal who)
{
    /// <summary>For how long the receiver may think.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>After what time somebody who did not answer can be asked again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(3);

    // Ten Chinese characters.
    private const int MaxNote = 30;

    private const string Share = "share";
    private const string Change = "updateShare";
    private const string End = "cancelShare";

    private const int NoSuchUser = 1;
    private const int Accepted = 2;
    private const int Refused = 3;
    private const int AlreadyShared = 4;

    /// <summary>Whether a frame is about sharing: its errors are those of v1.</summary>
    public static bool Are(FrameHead head) => head is { Action: Share or Change or End } or { Action: null, Error: not null };

    /// <summary>Answers a frame about sharing; empty for one that is an answer itself.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> AnswerAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        switch (head.Action)
        {
            case Share:
                return await ShareAsync(frame, head, cancel);
            case Change:
                return await ChangeAsync(frame, head, cancel);
            case End:
                return await EndAsync(frame, head, cancel);
            default:
                await TakeAnswerAsync(frame, head, cancel);
                return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>What the receiver of an offer is asked.</summary>
    public static ReadOnlyMemory<byte> Question(ShareOffer offer) => FrameWriter.Write(w =>
    {
        w.WriteString("action", Share);
        w.WriteString("deviceid", offer.DeviceId);
        w.WriteString("apikey", offer.OwnerId);
        w.WriteString("userAgent", "app");
        w.WriteString("sequence", $"{offer.Share}");
        w.WriteStartObject("params");
        w.WriteString("uid", offer.OwnerEmail ?? offer.OwnerPhone ?? "");
        w.WriteString("deviceName", offer.DeviceName);
        w.WriteString("userName", offer.OwnerName);
        w.WriteNumber("permit", offer.Permit);
        w.WriteNumber("shareTime", offer.Created.ToUnixTimeMilliseconds());
        w.WriteString("note", offer.Comment);
        w.WriteEndObject();
    });

    // One that answers nothing, or says neither yes nor no, means nothing.
    private async Task TakeAnswerAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (head is not { Error: 0, WireId: { } share } || !frame.TryGetProperty("result", out var said) || said.ValueKind != JsonValueKind.Number) return;
        if (said.TryGetInt32(out var result) && result is Accepted or Refused) await sharing.AnswerAsync(who, share, result == Accepted, cancel);
    }

    private Task<Result<ReadOnlyMemory<byte>>> ShareAsync(JsonElement frame, FrameHead head, CancellationToken cancel) => AnswerAsync(frame, head, async (wanted, to) =>
    {
        if (Encoding.UTF8.GetByteCount(wanted.Params.Note ?? "") > MaxNote) return Fault.Invalid("note", "note has at most 10 Chinese characters");
        var share = new NewShare(wanted.Params.Permit ?? 0, wanted.Params.Note ?? "");
        return (await sharing.AskAsync(who, wanted.DeviceId, to, share, Patience, Pause, cancel)).Try(out var answer, out var fault)
            ? answer switch
            {
                LiveAnswer.Accepted => Accepted,
                LiveAnswer.Refused => Refused,
                LiveAnswer.AlreadyShared => AlreadyShared,
                _ => new Fault(FaultKind.NoAnswer, "The receiver neither accepted nor refused"),
            }
            : fault;
    });

    private Task<Result<ReadOnlyMemory<byte>>> ChangeAsync(JsonElement frame, FrameHead head, CancellationToken cancel) => AnswerAsync(frame, head, async (wanted, to) =>
    {
        if (wanted.Params.Permit is not { } permit) return Fault.Invalid("permit", "permit is missing");
        return (await sharing.ChangePermitAsync(who, wanted.DeviceId, to, permit, cancel)).Fault is { } fault ? fault : Accepted;
    });

    // A share that is over is answered like one that ends.
    private Task<Result<ReadOnlyMemory<byte>>> EndAsync(JsonElement frame, FrameHead head, CancellationToken cancel) => AnswerAsync(frame, head, async (wanted, to) =>
        (await sharing.EndAsync(who, wanted.DeviceId, to, cancel)).Fault is { } fault && fault is not { Kind: FaultKind.NotVisible, Field: SharingService.ShareField }
            ? fault
            : Accepted);

    private async Task<Result<ReadOnlyMemory<byte>>> AnswerAsync(JsonElement frame, FrameHead head, Func<ShareFrame, Receiver, Task<Result<int>>> handle)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<ShareFrame>()).Try(out var wanted, out var fault)) return fault;
        if (wanted.Apikey != who.Account.Id) return new Fault(FaultKind.SessionEnded, "apikey does not belong to the access token");
        if (!Login.Parse(wanted.Params.Uid).Try(out var login, out _)) return Fault.Invalid("uid", "uid is the receiver's e-mail address or phone number");
        if ((await handle(wanted, Receiver.Of(login))).Try(out var result, out fault)) return Answer(result);
        return fault is { Kind: FaultKind.NoSuchAccount, Field: SharingService.ReceiverField } ? Answer(NoSuchUser) : fault;

        ReadOnlyMemory<byte> Answer(int result) => FrameWriter.Answer(head, 0, wanted.Apikey, w => w.WriteNumber("result", result));
    }
}
