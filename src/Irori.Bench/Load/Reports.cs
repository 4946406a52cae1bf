namespace Irori.Bench.Load;

/// <summary>What a metering plug reports: four properties, as a real one spells them.</summary>
internal static class Reports
{
    /// <summary>The properties and their values of a report, as JSON.</summary>
    public static IEnumerable<(string Name, string Json)> Values(long number)
    {
        yield return ("switch", number % 2 == 0 ? "\"on\"" : "\"off\"");
        yield return ("power", $"\"{number * 7 % 3000}.{number % 100:D2}\"");
        yield return ("voltage", $"\"23{number % 10}.{number % 90 + 10}\"");
        yield return ("current", $"\"{number % 13}.{number % 90 + 10}\"");
    }

    /// <summary>The values of a report as the table of points holds them.</summary>
    /// <param name="properties">The numbers of the properties, in the order of <see cref="Values"/>.</param>
    /// <param name="number">Of the report.</param>
    public static string Packed(IReadOnlyList<long> properties, long number) =>
        $"{{{string.Join(',', Values(number).Select((v, place) => $"\"{properties[place]}\":{v.Json}"))}}}";

    /// <summary>The key of a report in the table of points, beside its device.</summary>
    public static long At(long arrival, long version) => (arrival << 20) + version;

    /// <summary>The frame of a report.</summary>
    public static string Frame(string device, long number)
    {
        var values = string.Join(',', Values(number).Select(v => $"\"{v.Name}\":{v.Json}"));
        return $$$"""{"action":"update","userAgent":"device","apikey":"","deviceid":"{{{device}}}","d_seq":{{{number}}},"params":{ {{{values}}} }}""";
    }
}

/// <summary>Ids of the seeded devices: ten digits, which are also hex digits.</summary>
internal static class DeviceIds
{
    /// <summary>What is added to a device's number.</summary>
    public const long First = 1_000_000_000;

    public static string Of(int index) => $"{First + index}";
}
