using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Irori.Server.Settings;

/// <summary>Lays configured text over typed defaults and notes every key and value that does not fit.</summary>
internal sealed class SettingsBinder(IConfiguration configuration, Func<string, string> origin, List<string> mistakes)
{
    public void Bind(object section, string path = "")
    {
        var properties = SettingsTree.Properties(section.GetType()).ToList();
        foreach (var child in (path.Length == 0 ? configuration : configuration.GetSection(path.TrimEnd(':'))).GetChildren())
        {
            var property = properties.Find(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null) Unknown(child, properties);
            else if (SettingsTree.IsSection(property.PropertyType)) BindSection(section, property, child, path);
            else if (Read(child, property) is { } value) property.SetValue(section, value);
        }
    }

    private void BindSection(object section, PropertyInfo property, IConfigurationSection child, string path)
    {
        if (child.Value is { Length: > 0 }) mistakes.Add($"{origin(child.Path)} must be a section with settings of its own, such as {Names(property.PropertyType)}.");
        else Bind(property.GetValue(section)!, path + property.Name + ":");
    }

    private object? Read(IConfigurationSection child, PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type == typeof(IReadOnlyList<string>)) return List(child);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return Map(child);
        if (child.GetChildren().Any()) return Wrong(child, property, "a group of settings");
        if (child.Value is not { } text) return null;
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return bool.TryParse(text, out var flag) ? flag : Wrong(child, property, Quoted(child, property));
        if (type == typeof(int)) return int.TryParse(text, out var number) && InRange(property, number) ? number : Wrong(child, property, Quoted(child, property));
        var named = Enum.GetNames(type).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return named is not null ? Enum.Parse(type, named) : Wrong(child, property, Quoted(child, property));
    }

    // A list is written as one (in the file) or as text with commas (in a variable or flag).
    private static string[] List(IConfigurationSection child) => child.Value is { Length: > 0 } text
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. child.GetChildren().Select(c => c.Value ?? "")];

    private static Dictionary<string, string> Map(IConfigurationSection child) =>
        child.GetChildren().ToDictionary(c => c.Key, c => c.Value ?? "", StringComparer.OrdinalIgnoreCase);

    private object? Wrong(IConfigurationSection child, PropertyInfo property, string shown)
    {
        mistakes.Add($"{origin(child.Path)} is {shown}, but must be {Allowed(property)}; correct or remove it.");
        return null;
    }

    private void Unknown(IConfigurationSection child, List<PropertyInfo> properties)
    {
        var known = string.Join(", ", properties.Select(p => p.Name));
        mistakes.Add($"{origin(child.Path)} is not a setting; correct the name or remove it. Known here are {known}.");
    }

    private static string Quoted(IConfigurationSection child, PropertyInfo property) =>
        property.IsDefined(typeof(SecretAttribute)) ? "set to something else" : $"\"{child.Value}\"";

    private static bool InRange(PropertyInfo property, int number) => property.GetCustomAttribute<RangeAttribute>()?.IsValid(number) != false;

    private static string Allowed(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type == typeof(bool)) return "true or false";
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        var range = property.GetCustomAttribute<RangeAttribute>();
        return type != typeof(int) ? "one text" : range is null ? "a whole number" : $"a whole number from {range.Minimum} to {range.Maximum}";
    }

    private static string Names(Type type) => string.Join(", ", SettingsTree.Properties(type).Select(p => p.Name));
}
