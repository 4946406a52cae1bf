using Irori.Core;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.V2.Families;
using Irori.Dialects.CoolKit.V2.Messages;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Homepage;

/// <summary>What an app shows first, in one call. A part is answered when it is asked for, be it by an empty object.</summary>
internal sealed record HomepageRequest
{
    public string? Lang { get; init; }

    public ClientInfo? ClientInfo { get; init; }

    public Part? GetUser { get; init; }

    public Part? GetFamily { get; init; }

    public ThingPart? GetThing { get; init; }

    /// <summary>Accepted; the document says that it is not available yet.</summary>
    public Part? GetScene { get; init; }

    public MessagePart? GetMessage { get; init; }
}

/// <summary>The phone; not kept.</summary>
internal sealed record ClientInfo
{
    public string? Model { get; init; }

    /// <summary>Android or iOs.</summary>
    public string? Os { get; init; }

    public string? Imei { get; init; }

    public string? RomVersion { get; init; }

    public string? AppVersion { get; init; }
}

/// <summary>A part without parameters.</summary>
internal sealed record Part;

/// <summary>Things of the current home.</summary>
internal sealed record ThingPart
{
    /// <summary>How many; absent: 30, 0: all.</summary>
    public int? Num { get; init; }

    /// <summary>The first order number; absent: -9999999.</summary>
    public long? BeginIndex { get; init; }
}

/// <summary>Messages of the current home.</summary>
internal sealed record MessagePart
{
    /// <summary>Older ones than this, in milliseconds; absent: from now on.</summary>
    public long? From { get; init; }

    /// <summary>How many, 1 to 30; absent: 30.</summary>
    public int? Num { get; init; }
}

/// <summary>The parts that were asked for.</summary>
internal sealed record HomepageData
{
    public UserData? UserInfo { get; init; }

    public FamilyListData? FamilyInfo { get; init; }

    public ThingListData? ThingInfo { get; init; }

    /// <summary>Never there: not available yet, as documented.</summary>
    public RawJson? SceneInfo { get; init; }

    public MessageListData? MessageInfo { get; init; }
}

/// <summary>The section Homepage of CoolKit v2: what the other sections answer, in one call.</summary>
internal sealed class HomepageOperations(FamilyOperations families, DeviceOperations things, MessageOperations messages)
{
    public void Map(IEndpointRouteBuilder routes) => Operations.Map<HomepageRequest, HomepageData>(
        routes, new("POST", "/v2/homepage", Access.Personal, "getHomepage", "Homepage", "Person, homes, things and messages in one call."), GetAsync);

    private async Task<Result<HomepageData>> GetAsync(Caller caller, HomepageRequest request, CancellationToken cancel)
    {
        var data = new HomepageData { UserInfo = request.GetUser is null ? null : UserData.Of(caller.Person.Account) };
        if (request.GetFamily is not null)
        {
            if (!(await families.ListAsync(caller, cancel)).Try(out var list, out var fault)) return fault;
            data = data with { FamilyInfo = list };
        }

        if (request.GetThing is { } thing)
        {
            var page = new ThingListRequest { Num = thing.Num, BeginIndex = thing.BeginIndex };
            if (!(await things.ListAsync(caller, page, cancel)).Try(out var list, out var fault)) return Inside("getThing", fault);
            data = data with { ThingInfo = list };
        }

        if (request.GetMessage is { } message)
        {
            var page = new MessageListRequest { From = message.From, Num = message.Num };
            if (!(await messages.ListAsync(caller, page, cancel)).Try(out var list, out var fault)) return Inside("getMessage", fault);
            data = data with { MessageInfo = list };
        }

        return data;
    }

    private static Fault Inside(string part, Fault fault) =>
        fault.Kind == FaultKind.Invalid ? Fault.Invalid($"{part}.{fault.Field}", $"{part}: {fault.Reason}") : fault;
}
