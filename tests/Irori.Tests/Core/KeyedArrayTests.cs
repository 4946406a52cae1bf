using Irori.Core.States;
using Shouldly;

namespace Irori.Tests.Core;

public sealed class KeyedArrayTests
{
    [Theory]
    [InlineData("""[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"off"}]""", """[{"outlet":1,"switch":"on"}]""", """[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"on"}]""")]
    [InlineData("""[{"outlet":0,"switch":"off"}]""", """[{"outlet":3,"switch":"on"}]""", """[{"outlet":0,"switch":"off"},{"outlet":3,"switch":"on"}]""")]
    [InlineData("""[{"outlet":0,"switch":"off","extra":1}]""", """[{"outlet":0,"switch":"on"},{"outlet":0,"switch":"off"}]""", """[{"outlet":0,"switch":"off","extra":1}]""")]
    public void A_partial_write_is_laid_over_the_entries_of_the_same_key(string old, string fresh, string merged) =>
        KeyedArray.Merge(old, fresh, "outlet").ShouldBe(merged);

    [Theory]
    [InlineData("""[{"outlet":0}]""", "\"text\"")]
    [InlineData("\"text\"", """[{"outlet":0}]""")]
    [InlineData("""[{"outlet":0}]""", """[{"switch":"on"}]""")]
    [InlineData("""[{"outlet":0}]""", """[{"outlet":0,"outlet":0,"switch":"on"}]""")]
    [InlineData("""[{"outlet":0,"outlet":0}]""", """[{"outlet":0,"switch":"on"}]""")]
    public void What_cannot_be_merged_replaces_what_was_there(string old, string fresh) => KeyedArray.Merge(old, fresh, "outlet").ShouldBe(fresh);

    [Fact]
    public void A_long_array_is_not_merged()
    {
        var entries = Enumerable.Range(0, KeyedArray.MaxEntries + 1).Select(i => $$"""{"outlet":{{i}}}""");
        var fresh = $"[{string.Join(',', entries)}]";

        KeyedArray.Merge("[]", fresh, "outlet").ShouldBe(fresh);
    }
}
