using System.Text;
using System.Text.Unicode;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Server.Accounts;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>A code that was not sent but kept.</summary>
internal sealed record OutboxItem(long Id, long Time, string To, string Purpose, string Code, string Text);

/// <summary>The newest codes, newest first.</summary>
internal sealed record OutboxAnswer(IReadOnlyList<OutboxItem> Messages);

/// <summary>A device as it is found.</summary>
internal sealed record FoundItem(string Id, string Name, string Product, string Model, string Brand, string Category, string Lifecycle, bool Online, long? LastSeen)
{
    public static FoundItem Of(FoundDevice found) => new(
        found.Device.Id,
        found.Device.Name,
        found.Product.Product.Name,
        found.Product.Product.Model,
        found.Product.Brand.Name,
        found.Product.Product.Category,
        ConsoleJson.Word(found.Device.Lifecycle),
        found.Link is { Online: true },
        (found.Link?.Closed ?? found.Link?.Opened)?.ToUnixTimeMilliseconds());
}

/// <summary>A page of found devices; null: there is no next page.</summary>
internal sealed record FoundAnswer(IReadOnlyList<FoundItem> Devices, string? Next);

/// <summary>A further name.</summary>
internal sealed record NameItem(string Dialect, string Kind, string Value);

/// <summary>The newest connection.</summary>
internal sealed record LinkItem(bool Online, string Node, long Opened, long? Closed, string? Ip, string Protocol, long Epoch)
{
    public static LinkItem Of(LinkRow link) => new(
        link.Online, link.Node, link.Opened.ToUnixTimeMilliseconds(), link.Closed?.ToUnixTimeMilliseconds(), link.Ip, link.Protocol, link.Epoch);
}

/// <summary>A raw frame: text when it is UTF-8, else hex digits.</summary>
internal sealed record FrameItem(long Time, string Direction, string? Ip, string? Account, string? App, string? Text, string? Hex)
{
    public static FrameItem Of(Frame frame)
    {
        var text = Utf8.IsValid(frame.Bytes);
        return new FrameItem(
            frame.At.ToUnixTimeMilliseconds(),
            ConsoleJson.Word(frame.Direction),
            frame.Ip,
            frame.Account,
            frame.App,
            text ? Encoding.UTF8.GetString(frame.Bytes) : null,
            text ? null : Convert.ToHexStringLower(frame.Bytes));
    }
}

/// <summary>A command and what became of it.</summary>
internal sealed record CommandItem(
    string Id, long Time, string Account, string App, string Source, string? Ip, string Body, string Outcome, long OutcomeTime, string? Answer)
{
    public static CommandItem Of(CommandRecord command) => new(
        $"{command.Id}",
        command.Created.ToUnixTimeMilliseconds(),
        command.Account,
        command.App,
        command.Source,
        command.Ip,
        command.Body,
        ConsoleJson.Word(command.Outcome),
        command.OutcomeAt.ToUnixTimeMilliseconds(),
        command.Answer);
}

/// <summary>A line of the log of online and offline.</summary>
internal sealed record PresenceItem(long Time, string Kind, string? Ip, long Epoch, string Reason);

/// <summary>Everything of one device.</summary>
internal sealed record InspectAnswer(FoundItem Device, string Source, long Created, long? Activated, string? Owner, LinkItem? Link)
{
    public required IReadOnlyList<NameItem> Names { get; init; }

    public required IReadOnlyList<FrameItem> Frames { get; init; }

    public required IReadOnlyList<CommandItem> Commands { get; init; }

    public required IReadOnlyList<PresenceItem> Presence { get; init; }
}

/// <summary>What operators look at.</summary>
internal sealed class OperatorApi(DeviceInspector operators, DevelopmentOutbox? outbox = null)
{
    private const int NewestMessages = 50;
    private const int DefaultPage = 50;

    public Task<Result<OutboxAnswer>> OutboxAsync() => Task.FromResult<Result<OutboxAnswer>>(
        outbox is null
            ? Fault.NotVisible("page")
            : new OutboxAnswer([.. outbox.Newest(NewestMessages).Select(
                m => new OutboxItem(m.Id, m.Time.ToUnixTimeMilliseconds(), m.To, ConsoleJson.Word(m.Purpose), m.Code, m.Text))]));

    public async Task<Result<FoundAnswer>> SearchAsync(HttpContext context, Principal who)
    {
        if (!ConsoleInput.Text(context, "text", missing: "").Try(out var text, out var fault)) return fault;
        if (!ConsoleInput.Text(context, "after", missing: "").Try(out var after, out fault)) return fault;
        if (!ConsoleInput.Number(context, "limit", 1, DeviceInspector.MaxPage, DefaultPage).Try(out var limit, out fault)) return fault;
        if (!(await operators.SearchAsync(who, text.Trim(), after, (int)limit, context.RequestAborted)).Try(out var page, out fault)) return fault;
        return new FoundAnswer([.. page.Devices.Select(FoundItem.Of)], page.Next);
    }

    public async Task<Result<InspectAnswer>> InspectAsync(HttpContext context, Principal who)
    {
        if (!(await operators.InspectAsync(who, ConsoleInput.Route(context, "device"), context.RequestAborted)).Try(out var seen, out var fault)) return fault;
        var device = seen.Found.Device;
        return new InspectAnswer(
            FoundItem.Of(seen.Found),
            ConsoleJson.Word(device.Source),
            device.Created.ToUnixTimeMilliseconds(),
            device.Activated?.ToUnixTimeMilliseconds(),
            seen.OwnerId,
            seen.Found.Link is { } link ? LinkItem.Of(link) : null)
        {
            Names = [.. seen.Names.Select(n => new NameItem(n.Dialect, n.Kind, n.Value))],
            Frames = [.. seen.Frames.Select(FrameItem.Of)],
            Commands = [.. seen.Commands.Select(CommandItem.Of)],
            Presence = [.. seen.Presence.Select(p => new PresenceItem(p.At.ToUnixTimeMilliseconds(), ConsoleJson.Word(p.Kind), p.Ip, p.Epoch, p.Reason))],
        };
    }
}
