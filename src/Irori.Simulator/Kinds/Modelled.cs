using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core.Products;

namespace Irori.Simulator.Kinds;

/// <summary>
/// A device that is all that its thing model says: it begins with the values of a new one, and what it only reports moves by small steps within its
/// range. What the firmware tells of itself stays as it is.
/// </summary>
internal sealed class Modelled(ThingModel things, string? chipId, TimeSpan interval, TimeProvider time) : Hardware
{
    private const double ChanceOfEnum = 0.3;
    private const double StepPart = 0.01;
    private const int MaxChannels = 64;
    private static readonly string[] OfFirmware = ["rssi", "fwVersion", "chipid"];

    // Rounded as what is written is.
    private static readonly string[] Formats = ["F0", "F1", "F2", "F3"];

    private IEnumerable<Property> Measured => things.Properties.Where(p => p.Access == "r" && !OfFirmware.Contains(p.Name));

    public override TimeSpan? Interval => Measured.Any() ? interval : null;

    public override bool CountsEnergy => things.Properties.Any(p => p.Name == DailyEnergy.Answer);

    public override JsonObject FirstState()
    {
        var state = new JsonObject();
        foreach (var property in things.Properties.Where(p => p.Access != "w" && !OfFirmware.Contains(p.Name))) state[property.Name] = First(property);
        foreach (var property in things.Properties.Where(p => OfFirmware.Contains(p.Name))) state[property.Name] = OfItself(property.Name);
        return state;
    }

    public override IReadOnlyCollection<string> Tick(JsonObject state, Dice dice)
    {
        var changed = new List<string>();
        foreach (var property in Measured.Where(p => p.Type != PropertyType.Date))
        {
            if (Next(property, state[property.Name], dice) is not { } next || JsonNode.DeepEquals(next, state[property.Name])) continue;
            state[property.Name] = next;
            changed.Add(property.Name);
        }

        if (changed.Count == 0) return changed;
        // A time beside what is measured says when that was.
        foreach (var property in Measured.Where(p => p.Type == PropertyType.Date && p.Default is null))
        {
            state[property.Name] = Now(property);
            changed.Add(property.Name);
        }

        return changed;
    }

    /// <summary>Turns over the first of its properties that can be on and off, of its first channel where it has several; else the first that can be otherwise.</summary>
    public override IReadOnlyCollection<string> Press(JsonObject state)
    {
        foreach (var property in things.Properties.Where(p => p.Access == "rw"))
        {
            if (TurnOver(property, state) || (state[property.Name] is JsonArray { Count: > 0 } channels && property.Fields is { } fields
                && channels[0] is JsonObject first && fields.Any(f => TurnOver(f, first)))) return [property.Name];
        }

        var sensed = things.Properties.FirstOrDefault(p => p.Values is { Count: > 1 } && state.ContainsKey(p.Name));
        if (sensed is null) return [];
        state[sensed.Name] = After(sensed, state[sensed.Name]);
        return [sensed.Name];
    }

    private JsonNode? OfItself(string name) => name switch
    {
        "rssi" => UsualSignal,
        "fwVersion" => FirmwareVersion,
        _ => chipId ?? "",
    };

    private static bool TurnOver(Property property, JsonObject place)
    {
        if (property.Values is not { Count: 2 } values || !values.All(v => v.Value.ValueEquals("on") || v.Value.ValueEquals("off"))) return false;
        place[property.Name] = After(property, place[property.Name]);
        return true;
    }

    private static JsonNode? After(Property property, JsonNode? old)
    {
        var values = property.Values!.Select(v => JsonNode.Parse(v.Value.GetRawText())).ToList();
        return values[(values.FindIndex(v => JsonNode.DeepEquals(v, old)) + 1) % values.Count]?.DeepClone();
    }

    private JsonNode? First(Property property) => property switch
    {
        { Default: { } usual } => JsonNode.Parse(usual.GetRawText()),
        { Type: PropertyType.Bool } => false,
        { Type: PropertyType.Int or PropertyType.Double } => Number(property, Math.Clamp(0, property.Min ?? 0, property.Max ?? 0)),
        { Values: [{ } value, ..] } => JsonNode.Parse(value.Value.GetRawText()),
        { Type: PropertyType.Date } => Now(property),
        { Type: PropertyType.Struct } => Whole(property),
        { Type: PropertyType.Array } => Entries(property),
        _ => "",
    };

    private JsonObject Whole(Property property) =>
        new((property.Fields ?? []).Select(f => KeyValuePair.Create(f.Name, First(f))));

    // One entry for each channel, where they are numbered.
    private JsonArray Entries(Property property)
    {
        if (property.Fields?.FirstOrDefault(f => f.Name == property.MergeKey) is not { Min: { } first, Max: { } last } || last - first >= MaxChannels)
            return property.Size is { } size && property.Fields is not null ? new JsonArray([.. Enumerable.Range(0, size).Select(_ => (JsonNode)Whole(property))]) : [];
        var entries = new JsonArray();
        for (var channel = (int)first; channel <= last; channel++)
        {
            var entry = Whole(property);
            entry[property.MergeKey!] = channel;
            entries.Add((JsonNode)entry);
        }

        return entries;
    }

    private static JsonNode? Next(Property property, JsonNode? old, Dice dice)
    {
        if (property.Values is { Count: > 1 }) return dice.Next() < ChanceOfEnum ? After(property, old) : null;
        if (property.Type == PropertyType.Bool) return dice.Next() < ChanceOfEnum ? old?.GetValueKind() != JsonValueKind.True : null;
        if (property.Type is not (PropertyType.Int or PropertyType.Double) || property is not { Min: { } least, Max: { } most }) return null;
        var reach = Math.Max(property.Step ?? 1, (most - least) * StepPart);
        return Number(property, Math.Clamp(Read(old) + dice.Between(-reach, reach), least, most));
    }

    private static double Read(JsonNode? value) =>
        value is null ? 0 : double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static JsonNode Number(Property property, double value)
    {
        if (property.Type == PropertyType.Int) return property.AsText ? $"{Math.Round(value):F0}" : (long)Math.Round(value);
        var step = property.Step ?? 0.01;
        var digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(step)), 0, Formats.Length - 1);
        return property.AsText ? value.ToString(Formats[digits], CultureInfo.InvariantCulture) : Math.Round(value, digits);
    }

    private JsonNode Now(Property property)
    {
        var now = time.GetUtcNow();
        if (property.Unit != "ms") return now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return property.AsText ? $"{now.ToUnixTimeMilliseconds()}" : now.ToUnixTimeMilliseconds();
    }
}
