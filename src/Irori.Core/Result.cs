namespace Irori.Core;

/// <summary>The answer of an operation without a value of its own.</summary>
public readonly record struct Done;

/// <summary>Makes results of values whose type is an interface, which C# does not convert by itself.</summary>
public static class Result
{
    /// <summary>A successful result.</summary>
    public static Result<T> Of<T>(T value) => Result<T>.Success(value);
}

/// <summary>Either the value of an operation or the <see cref="Core.Fault"/> that prevented it. Core throws only for bugs and lost infrastructure.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Fault? fault)
    {
        _value = value;
        Fault = fault;
    }

    /// <summary>What went wrong, or null.</summary>
    public Fault? Fault { get; }

    /// <summary>True when there is a value.</summary>
    public bool IsOk => Fault is null;

    /// <summary>The value; asking a failed result for it is a bug.</summary>
    public T Value => Fault is null ? _value! : throw new InvalidOperationException($"No value: {Fault}");

    internal static Result<T> Success(T value) => new(value, null);

    /// <summary>A value is a successful result.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A fault is a failed result.</summary>
    public static implicit operator Result<T>(Fault fault) => new(default, fault);

    /// <summary>Splits the result for the usual guard: <c>if (!result.Try(out var value, out var fault)) return fault;</c></summary>
    public bool Try([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Fault? fault)
    {
        value = _value;
        fault = Fault;
        return fault is null;
    }
}
