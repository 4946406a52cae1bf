using Irori.Mqtt;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Topic names and filters (MQTT 5, section 4.7).</summary>
public sealed class TopicTests
{
    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("a", "a/b", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("/+", "/a", true)]
    [InlineData("#", "a/b/c", true)]
    [InlineData("#", "/", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/+/#", "a", false)]
    [InlineData("a/+/#", "a/b", true)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/b", "A/b", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("$SYS/+", "$SYS/x", true)]
    [InlineData("a/#", "a/$b", true)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a/+/b", "a//b", true)]
    [InlineData("/sys/+/+/thing/event/+/post_reply", "/sys/pk/dn/thing/event/property/post_reply", true)]
    public void A_filter_takes_the_topics_that_the_standard_says(string filter, string topic, bool takes) => MqttTopics.Matches(filter, topic).ShouldBe(takes);

    [Theory]
    [InlineData("a", true)]
    [InlineData("/", true)]
    [InlineData("+", true)]
    [InlineData("#", true)]
    [InlineData("a/+/b/#", true)]
    [InlineData("+/+/+", true)]
    [InlineData("", false)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a/b+", false)]
    [InlineData("+a", false)]
    [InlineData("##", false)]
    [InlineData("a\0", false)]
    public void Wildcards_stand_for_whole_levels(string filter, bool valid) => MqttTopics.IsFilter(filter).ShouldBe(valid);

    [Theory]
    [InlineData("a/b c/ü", true)]
    [InlineData("", false)]
    [InlineData("a/+", false)]
    [InlineData("a#", false)]
    [InlineData("\0", false)]
    public void A_topic_has_no_wildcards(string topic, bool valid) => MqttTopics.IsName(topic).ShouldBe(valid);

    [Fact]
    public void A_filter_takes_what_a_slow_reading_of_the_standard_takes()
    {
        var random = new Random(Effort.Seed);
        var count = Effort.Of(quick: 20_000, full: 1_000_000);
        TestContext.Current.TestOutputHelper!.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} pairs");
        for (var i = 0; i < count; i++)
        {
            var filter = Make(random, ["a", "b", "", "+", "#", "$x"]);
            var topic = Make(random, ["a", "b", "", "$x"]);
            if (!MqttTopics.IsFilter(filter) || !MqttTopics.IsName(topic)) continue;
            MqttTopics.Matches(filter, topic).ShouldBe(Slowly(filter.Split('/'), topic.Split('/')), $"{filter} and {topic}");
        }
    }

    private static string Make(Random random, string[] levels) => string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => levels[random.Next(levels.Length)]));

    private static bool Slowly(string[] filter, string[] topic)
    {
        if (topic[0].StartsWith('$') && (filter[0] is "+" or "#")) return false;
        return From(0, 0);

        bool From(int f, int t)
        {
            if (f == filter.Length) return t == topic.Length;
            if (filter[f] == "#") return true;
            if (t == topic.Length) return false;
            if (filter[f] != "+" && filter[f] != topic[t]) return false;
            return From(f + 1, t + 1);
        }
    }
}
