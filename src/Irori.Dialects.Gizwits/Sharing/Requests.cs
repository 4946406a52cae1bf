using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Sharing;

/// <summary>An invitation to use a device (Gizwits Open API, sharing.create).</summary>
internal sealed record CreateSharingRequest
{
    /// <summary>0: to somebody who is named; 1: to whoever shows the code.</summary>
    public required int Type { get; init; }

    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Who is invited, by his id.</summary>
    public string? Uid { get; init; }

    /// <summary>Who is invited, by his name.</summary>
    public string? Username { get; init; }

    /// <summary>Who is invited, by his address.</summary>
    public string? Email { get; init; }

    /// <summary>Who is invited, by his number.</summary>
    public string? Phone { get; init; }

    /// <summary>For how many minutes he may use it, 1 to 1440; left out: until it is ended.</summary>
    public int? Duration { get; init; }
}

/// <summary>A page of invitations (Gizwits Open API, sharing.list).</summary>
internal sealed record ListSharingRequest
{
    /// <summary>0: by me, 1: to me.</summary>
    public required int SharingType { get; init; }

    /// <summary>0: not accepted, 1: accepted, 2: refused, 3: cancelled.</summary>
    public int? Status { get; init; }

    /// <summary>Of one device, for its owner.</summary>
    public string? Did { get; init; }

    /// <summary>Most of the page.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }
}

/// <summary>An invitation.</summary>
internal sealed record SharingIdRequest
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }
}

/// <summary>An answer to an invitation (Gizwits Open API, sharing.answer).</summary>
internal sealed record AnswerSharingRequest
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>1: accepted, 2: refused.</summary>
    [InQuery]
    public required int Status { get; init; }
}

/// <summary>A code (Gizwits Open API, sharing.code).</summary>
internal sealed record SharingCodeRequest
{
    /// <summary>What stands behind code= in the QR code.</summary>
    public required string Code { get; init; }
}

/// <summary>What one calls the other (Gizwits Open API, sharing.alias).</summary>
internal sealed record SharingAliasRequest
{
    /// <summary>Number of the invitation.</summary>
    public required long Id { get; init; }

    /// <summary>The name.</summary>
    [InQuery]
    public required string UserAlias { get; init; }
}

/// <summary>Hands a device over (Gizwits Open API, sharing.transfer).</summary>
internal sealed record TransferRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>The guest who gets it.</summary>
    [InQuery]
    public required string Uid { get; init; }
}
