using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>Which numbers the vendor's documents allow. A new number has to be entered here: the document that the code makes knows only its type.</summary>
internal static class Ranges
{
    private static readonly (string Field, double Least, double Most)[] Known =
    [
        ("sendVerificationCode.type", 0, 4),
        ("createFamily.sort", 1, 2), ("createRoom.sort", 1, 2), ("addWifiDevice.sort", 1, 2), ("addGsmDevice.sort", 1, 2), ("createGroup.sort", 1, 2),
        ("sortThings.thingList[0].itemType", 1, 3), ("setRoomThings.oldThingList[0].itemType", 1, 3), ("setRoomThings.newThingList[0].itemType", 1, 3),
        ("getThings.thingList[0].itemType", 1, 3),
        ("listThings.num", 0, int.MaxValue), ("getHomepage.getThing.num", 0, int.MaxValue),
        ("getThingStatus.type", 1, 2), ("updateThingStatus.type", 1, 2), ("batchUpdateThingStatus.thingList[0].type", 1, 2), ("batchUpdateThingStatus.timeout", 0, 8_000),
        ("shareDevices.permit", 0, 15), ("shareDevices.shareType", 1, 1), ("updateSharePermission.permit", 0, 15),
        ("getDeviceHistory.num", 1, 30), ("listMessages.num", 1, 30), ("getHomepage.getMessage.num", 1, 30),
        ("getDeviceHistory.from", 0, LastMillisecond), ("listMessages.from", 0, LastMillisecond), ("getHomepage.getMessage.from", 0, LastMillisecond),
        ("addDeviceV1.isSub", 0, 0), ("deleteDeviceV1.isSub", 0, 0),
        ("createGroupV1.groupType", 0, 0), ("updateGroupV1.groupType", 0, 0), ("deleteGroupV1.type", 0, 0), ("listGroupsV1.groupType", 0, 0), ("moveDeviceToGroupV1.groupType", 0, 0),
        ("listDeviceHistoryV1.startTime", 0, LastSecond), ("listDeviceHistoryV1.endTime", 0, LastSecond), ("listDeviceHistoryV1.pageSize", 1, 100),
        ("listDeviceHistoryV1.currentPage", 1, 1_000),
    ];

    // Places in an order, and what every call of v1 carries and nobody reads.
    private static readonly string[] Any =
    [
        "listThings.beginIndex", "getHomepage.getThing.beginIndex", "createGroupV1.index", "updateGroupV1.index", "moveDeviceToGroupV1.deviceinfos[0].type", "listDevicesV1.getTags",
        "deleteGroupV1.groupType",
    ];

    private static readonly string[] AnyOfV1 = ["ts", "version"];

    // The last moment of the year 9999.
    private const long LastSecond = 253_402_300_798;
    private const long LastMillisecond = 253_402_300_799_999;

    /// <summary>Numbers just outside of a field's range; none where every number is one.</summary>
    public static IEnumerable<JsonNode> Outside(Operation operation, string field)
    {
        var name = $"{operation.Id}.{field}";
        if (Any.Contains(name) || (operation.Version == 1 && AnyOfV1.Contains(field))) return [];
        var (_, least, most) = Known.FirstOrDefault(k => k.Field == name) is { Field: not null } known
            ? known
            : field.StartsWith("settings.", StringComparison.Ordinal) ? OfSetting(field) : throw new InvalidOperationException($"{name} is new: enter its range in {nameof(Ranges)}");
        return most is int.MaxValue ? [Number(least - 1)] : [Number(least - 1), Number(most + 1)];
    }

    private static (string, double, double) OfSetting(string field) => field.Split('.')[1] switch
    {
        "minTemperature" or "maxTemperature" or "minHumidity" or "maxHumidity" => (field, -99_999, 99_999),
        "dailyKwh" or "monthlyKwh" => (field, 0, int.MaxValue),
        _ => (field, 0, 1),
    };

    private static JsonNode Number(double value) => (long)value;
}
