using Irori.Core;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.CoolKit.V1;

/// <summary>Version 1: the app's id is a parameter like any other, answers have no envelope, and each group of operations has error codes of its own.</summary>
/// <param name="code">The table of the group.</param>
internal class PlainEdition(Func<Fault, int> code) : Edition
{
    /// <summary>Operations with the general table.</summary>
    public static Edition General { get; } = new PlainEdition(V1Faults.Of);

    public override string? AppId(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (request.Query["appid"] is [{ Length: > 0 } asked, ..]) return asked;
        using var document = body.IsEmpty ? null : JsonText.Parse(body);
        return document?.RootElement is { ValueKind: System.Text.Json.JsonValueKind.Object } root && root.TryGetProperty("appid", out var id)
            && id.ValueKind == System.Text.Json.JsonValueKind.String && id.GetString() is { Length: > 0 } named
            ? named
            : null;
    }

    public override Type AnswerType<T>() => typeof(T);

    public override Type? FailureType => typeof(Failure);

    public override Task AnswerAsync<T>(HttpContext context, T data) => Operations.WriteAsync(context, data, CoolKitJson.TypeOf<T>());

    public override Task FailAsync(HttpContext context, Fault fault)
    {
        SayWhen(context, fault);
        return WriteAsync(context, code(fault), fault);
    }

    /// <summary>Writes the body of an error.</summary>
    protected virtual Task WriteAsync(HttpContext context, int error, Fault fault) => Operations.WriteAsync(
        context,
        // Clients read one or the other of the two texts.
        new Failure { Error = error, Msg = fault.Reason, Errmsg = fault.Reason, Region = fault.Kind == FaultKind.OtherRegion ? fault.Detail : null },
        CoolKitJson.TypeOf<Failure>());
}

/// <summary>Adding a device fails with a number in <c>code</c> and a text in <c>error</c> (CoolKit v1, add).</summary>
internal sealed class AddingEdition() : PlainEdition(V1Faults.OfAdding)
{
    public override Type? FailureType => typeof(AddFailure);

    protected override Task WriteAsync(HttpContext context, int error, Fault fault) =>
        Operations.WriteAsync(context, new AddFailure(error, fault.Reason), CoolKitJson.TypeOf<AddFailure>());
}

/// <summary>An error.</summary>
internal sealed record Failure
{
    public required int Error { get; init; }

    public required string Msg { get; init; }

    public required string Errmsg { get; init; }

    /// <summary>With error 301: where the account lives.</summary>
    public string? Region { get; init; }
}

/// <summary>An error of adding a device.</summary>
internal sealed record AddFailure(int Code, string Error);
