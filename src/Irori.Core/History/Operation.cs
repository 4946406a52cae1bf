namespace Irori.Core.History;

/// <summary>A device was operated: by a command that it obeyed, or on the device itself. Kept while its owner wants it so.</summary>
/// <param name="At">When.</param>
/// <param name="Account">Id of the account that asked; null: on the device itself.</param>
/// <param name="Body">What was asked or reported, JSON, in the product's own names.</param>
public sealed record Operation(DateTimeOffset At, string? Account, string Body)
{
    /// <summary>It only counts when one of these properties gets another value than it had; null: it always counts.</summary>
    public IReadOnlyList<string>? IfChanged { get; init; }
}

/// <summary>Which operations are wanted, newest first.</summary>
/// <param name="Limit">How many.</param>
/// <param name="Skip">How many newer ones to pass over.</param>
public sealed record OperationRange(int Limit, int Skip = 0)
{
    /// <summary>The first moment; null: the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The moment before which they were; null: now.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>An operation as it is read back, with how the person is called.</summary>
public sealed record OperationRecord
{
    /// <summary>Its number.</summary>
    public required long No { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the account that asked; null: on the device itself.</summary>
    public string? Account { get; init; }

    /// <summary>What was asked or reported, JSON.</summary>
    public required string Body { get; init; }

    /// <summary>His address, or null.</summary>
    public string? Email { get; init; }

    /// <summary>His phone number, or null.</summary>
    public string? Phone { get; init; }
}
