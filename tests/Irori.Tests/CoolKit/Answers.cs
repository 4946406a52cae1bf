using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

internal static class Answers
{
    /// <summary>The code of an answer.</summary>
    public static int Error(this JsonObject answer) => (int)answer["error"]!;
}
