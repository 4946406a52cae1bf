using System.Text.Json;
using Irori.Core;
using Irori.Core.Outbox;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>
/// What a person wants of a device (CoolKit v2, settings). In a request, what is absent stays; in an answer, what was never chosen is absent
/// but for the three with a default.
/// </summary>
internal sealed record DeviceSettings
{
    private const double Unbounded = 99_999;

    /// <summary>1: tell him when it is operated (default 0).</summary>
    public int? OpsNotify { get; init; }

    /// <summary>1: keep the history of operations (default 1).</summary>
    public int? OpsHistory { get; init; }

    /// <summary>1: tell him of alarms (default 1).</summary>
    public int? AlarmNotify { get; init; }

    // From here on, each is 0 or 1: whether he is told of it (those with wx: by WeChat).
    public int? WxAlarmNotify { get; init; }

    public int? WxOpsNotify { get; init; }

    public int? WxDoorbellNotify { get; init; }

    public int? AppDoorbellNotify { get; init; }

    public int? DoorOnNotify { get; init; }

    public int? DoorOffNotify { get; init; }

    public int? WxDoorOffNotify { get; init; }

    public int? WxDoorOnNotify { get; init; }

    public int? RemoveNotify { get; init; }

    public int? WxRemoveNotify { get; init; }

    public int? MoveNotify { get; init; }

    public int? WxMoveNotify { get; init; }

    public int? LightNotify { get; init; }

    public int? WxLightNotify { get; init; }

    public int? ArmOnNotify { get; init; }

    public int? ArmOffNotify { get; init; }

    public int? WxArmOnNotify { get; init; }

    public int? WxArmOffNotify { get; init; }

    public int? TemperatureNotify { get; init; }

    public int? HumidityNotify { get; init; }

    public int? WebOpsNotify { get; init; }

    public int? WxSubscriptionNotify { get; init; }

    public int? WxLowBatteryNotify { get; init; }

    public int? WxSubscriptionDoorOnNotify { get; init; }

    public int? PowerFailureNotify { get; init; }

    public int? WxPowerFailureNotify { get; init; }

    public int? PowerConsumptionNotify { get; init; }

    public int? OfflineNotify { get; init; }

    public int? CameraMotionDetectionNotify { get; init; }

    public int? CameraEventDetectionNotify { get; init; }

    public int? CameraSoundDetectionNotify { get; init; }

    public int? LowBatteryNotify { get; init; }

    public int? WxSubscriptionTemperatureNotify { get; init; }

    public int? WxSubscriptionHumidityNotify { get; init; }

    public int? CameraHumanoidDetectionNotify { get; init; }

    public int? CameraShadeDetectionNotify { get; init; }

    public int? WaterValveExceptionNotify { get; init; }

    public int? DoorOnFailNotify { get; init; }

    public int? DoorOffFailNotify { get; init; }

    public int? DoorOnTimeoutNotify { get; init; }

    public int? OverHighTemperatureNotify { get; init; }

    public int? OverLowTemperatureNotify { get; init; }

    public int? OverHighHumidityNotify { get; init; }

    public int? OverLowHumidityNotify { get; init; }

    public int? ExceptionNotify { get; init; }

    public int? Pm2_5ConcentrationModerateNotify { get; init; }

    public int? Pm2_5ConcentrationUnhealthyNotify { get; init; }

    public int? Co2ConcentrationModerateNotify { get; init; }

    public int? Co2ConcentrationUnhealthyNotify { get; init; }

    public int? OverThresholdNotify { get; init; }

    public int? PowerBillNotify { get; init; }

    public int? WaterShortageNotify { get; init; }

    public int? WaterLeakageNotify { get; init; }

    public int? FrostProtectionNotify { get; init; }

    /// <summary>In degrees Celsius; -99999: no bound.</summary>
    public double? MinTemperature { get; init; }

    /// <summary>In degrees Celsius; 99999: no bound.</summary>
    public double? MaxTemperature { get; init; }

    /// <summary>In percent; -99999: no bound.</summary>
    public double? MinHumidity { get; init; }

    /// <summary>In percent; 99999: no bound.</summary>
    public double? MaxHumidity { get; init; }

    /// <summary>In hundredths of a kWh; -99999: no bound.</summary>
    public int? DailyKwh { get; init; }

    /// <summary>In hundredths of a kWh; -99999: no bound.</summary>
    public int? MonthlyKwh { get; init; }

    /// <summary>Settings as they are stored.</summary>
    public static DeviceSettings Read(string json) => JsonSerializer.Deserialize(json, CoolKitJson.TypeOf<DeviceSettings>()) ?? new DeviceSettings();

    /// <summary>What is chosen, for the store.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CoolKitJson.TypeOf<DeviceSettings>());

    /// <summary>With the documented defaults.</summary>
    public DeviceSettings WithDefaults() => this with { OpsNotify = OpsNotify ?? 0, OpsHistory = OpsHistory ?? 1, AlarmNotify = AlarmNotify ?? 1 };

    /// <summary>Which of them ask for messages: that it is operated, that it comes and goes, and alarms.</summary>
    public Wishes Wished()
    {
        var wishes = Wishes.None;
        if (OpsNotify == 1) wishes |= Wishes.Operated;
        if (OfflineNotify == 1) wishes |= Wishes.Presence;
        if (AlarmNotify is null or 1) wishes |= Wishes.Alarms;
        return wishes;
    }

    /// <summary>What is out of range, or null.</summary>
    public Fault? Check()
    {
        foreach (var setting in JsonSerializer.SerializeToElement(this, CoolKitJson.TypeOf<DeviceSettings>()).EnumerateObject())
        {
            var value = setting.Value.GetDouble();
            var fits = setting.Name switch
            {
                "minTemperature" or "maxTemperature" or "minHumidity" or "maxHumidity" => Math.Abs(value) <= Unbounded,
                "dailyKwh" or "monthlyKwh" => value >= 0 || value == -Unbounded,
                _ => value is 0 or 1,
            };
            if (!fits) return Fault.Invalid($"settings.{setting.Name}", $"settings.{setting.Name} is out of range; most settings are 0 or 1");
        }

        return null;
    }
}
