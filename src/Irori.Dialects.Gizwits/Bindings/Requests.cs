using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Bindings;

/// <summary>Binds by MAC (Gizwits Open API, bind-mac).</summary>
internal sealed record BindMacRequest
{
    /// <summary>Names the product.</summary>
    public required string ProductKey { get; init; }

    /// <summary>Names the device.</summary>
    public required string Mac { get; init; }

    /// <summary>Remark.</summary>
    public string? Remark { get; init; }

    /// <summary>Own name for it.</summary>
    public string? DevAlias { get; init; }

    /// <summary>1: others need a share.</summary>
    public int? SetOwner { get; init; }
}

/// <summary>Binds by a code that stands on the device (Gizwits Open API, bind-latest).</summary>
internal sealed record BindLatestRequest
{
    /// <summary>What was read.</summary>
    public required string QrContent { get; init; }

    /// <summary>1: others need a share.</summary>
    public int? SetOwner { get; init; }
}

/// <summary>A page of devices (Gizwits Open API, bindings.list).</summary>
internal sealed record ListBindingsRequest
{
    /// <summary>Most devices of the page.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }

    /// <summary>1: with those that the operator has switched off.</summary>
    public int? ShowDisabled { get; init; }

    /// <summary>1: with the version of the protocol.</summary>
    public int? ShowProtoVer { get; init; }
}

/// <summary>Gives devices up (Gizwits Open API, bindings.delete).</summary>
internal sealed record UnbindRequest
{
    /// <summary>The devices.</summary>
    public required IReadOnlyList<DidItem> Devices { get; init; }
}

/// <summary>One device.</summary>
internal sealed record DidItem
{
    /// <summary>Its id.</summary>
    public required string Did { get; init; }
}

/// <summary>Own words for a device (Gizwits Open API, bindings.update).</summary>
internal sealed record UpdateBindingRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Remark.</summary>
    public string? Remark { get; init; }

    /// <summary>Own name for it.</summary>
    public string? DevAlias { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyList<string>? DevLabel { get; init; }
}

/// <summary>A device.</summary>
internal sealed record DidRequest
{
    /// <summary>Its id.</summary>
    public required string Did { get; init; }
}

/// <summary>Takes a device from a guest (Gizwits Open API, device-bindings.delete).</summary>
internal sealed record UnbindGuestRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>The guest.</summary>
    [InQuery]
    public string? Uid { get; init; }
}
