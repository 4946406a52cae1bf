using System.Text.Json;
using Irori.Core;
using Irori.Core.Products;
using Irori.Core.States;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>A command as apps write it: values by data point, or the bytes of command 0090.</summary>
internal static class ControlBody
{
    private const int MaxRaw = 4096;

    /// <summary>The command's JSON in the product's own names, or what is wrong with what an app asks.</summary>
    public static Result<string> Read(ProductView product, JsonElement? attrs, IReadOnlyList<int>? raw, IReadOnlyDictionary<string, StateValue> state)
    {
        if (attrs is { ValueKind: not JsonValueKind.Null } asked)
            return asked.ValueKind == JsonValueKind.Object ? AttributeValues.Read(product, asked, state) : Fault.Invalid("body", "attrs must be an object");
        if (raw is null) return Fault.Invalid("body", "attrs or raw is missing");
        if (raw.Count > MaxRaw || raw.Any(b => b is < 0 or > 255)) return Fault.Invalid("raw", $"raw has at most {MaxRaw} numbers of 0 to 255");
        return ControlPayload.Read(DatapointList.Of(product), raw.Select(b => (byte)b).ToArray()).Try(out var shown, out var fault)
            ? AttributeValues.Own(product, shown, state)
            : fault;
    }
}
