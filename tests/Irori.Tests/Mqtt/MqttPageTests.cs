using System.Globalization;
using Irori.Mqtt;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>docs/mqtt.md says what the code does.</summary>
public sealed class MqttPageTests
{
    [Fact]
    public async Task Every_limit_is_listed_with_its_default()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "mqtt.md"), TestContext.Current.CancellationToken);
        var listed = page.Where(l => l.StartsWith("| `M", StringComparison.Ordinal) || l.Contains("` | ", StringComparison.Ordinal)).Select(l => l.Split('|')).Where(c => c.Length == 5)
            .ToDictionary(c => c[1].Trim(' ', '`'), c => c[2].Trim(), StringComparer.Ordinal);
        var options = new MqttOptions();

        foreach (var option in typeof(MqttOptions).GetProperties())
        {
            var value = option.GetValue(options);
            listed.GetValueOrDefault(option.Name).ShouldBe(value is TimeSpan span ? $"{span.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s" : $"{value}", option.Name);
        }
    }

    [Fact]
    public async Task Every_test_class_that_the_page_names_exists()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "mqtt.md"), TestContext.Current.CancellationToken);
        var named = System.Text.RegularExpressions.Regex.Matches(page, "`([A-Z][A-Za-z]+Tests)`").Select(m => m.Groups[1].Value).Distinct().ToList();

        named.ShouldNotBeEmpty();
        named.ShouldAllBe(n => typeof(MqttPageTests).Assembly.GetType($"Irori.Tests.Mqtt.{n}") != null);
    }
}
