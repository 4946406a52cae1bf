using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Irori.Server.Settings;

/// <summary>One value of the settings.</summary>
/// <param name="Key">Its path, for instance Links.LeaseSeconds.</param>
/// <param name="Value">Its value; null in place of a secret that is not set.</param>
/// <param name="Secret">True: the value must not be shown.</param>
public sealed record SettingValue(string Key, object? Value, bool Secret)
{
    /// <summary>The value for people and logs.</summary>
    public JsonNode Shown() => Value switch
    {
        _ when Secret => IsEmpty ? "" : "(set)",
        int number => number,
        bool flag => flag,
        IEnumerable<string> list => new JsonArray([.. list.Select(i => (JsonNode)i)]),
        IReadOnlyDictionary<string, string> map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        _ => Value?.ToString() ?? "",
    };

    private bool IsEmpty => Value is null or "" or ICollection { Count: 0 };
}

/// <summary>Walks the typed settings.</summary>
public static class SettingsTree
{
    /// <summary>Every value, sections before what follows them, by path.</summary>
    public static IEnumerable<SettingValue> Values(object settings, string path = "")
    {
        foreach (var property in Properties(settings.GetType()))
        {
            var key = path + property.Name;
            var value = property.GetValue(settings);
            if (!IsSection(property.PropertyType)) yield return new SettingValue(key, value, property.IsDefined(typeof(SecretAttribute)));
            else
                foreach (var inner in Values(value!, key + ".")) yield return inner;
        }
    }

    /// <summary>The settings as JSON, secrets replaced.</summary>
    public static JsonObject ToJson(IroriSettings settings)
    {
        var root = new JsonObject();
        foreach (var value in Values(settings))
        {
            var place = root;
            var names = value.Key.Split('.');
            foreach (var section in names[..^1])
            {
                if (place[section] is null) place[section] = new JsonObject();
                place = place[section]!.AsObject();
            }

            place[names[^1]] = value.Shown();
        }

        return root;
    }

    internal static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite);

    internal static bool IsSection(Type type) =>
        type.IsClass && type != typeof(string) && type.Assembly != typeof(string).Assembly;
}
