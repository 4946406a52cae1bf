using Irori.Core.Products;

namespace Irori.Simulator;

/// <summary>What a simulated device is.</summary>
public enum DeviceKind
{
    /// <summary>A single switch (uiid 1).</summary>
    Switch,

    /// <summary>A dimmable lamp (uiid 36).</summary>
    Lamp,

    /// <summary>A thermostat with a sensor of temperature and humidity (uiid 15).</summary>
    Thermostat,

    /// <summary>A plug that measures power (uiid 5).</summary>
    Meter,

    /// <summary>Whatever <see cref="DevicePlan.Things"/> says.</summary>
    Model,
}

/// <summary>One device to simulate, as the factory made it.</summary>
/// <param name="Id">Its device id.</param>
/// <param name="Key">Its factory key, which it shows to the server.</param>
/// <param name="Kind">What it is.</param>
public sealed record DevicePlan(string Id, string Key, DeviceKind Kind)
{
    /// <summary>The id of its chip, which newer firmware tells; null: it tells none.</summary>
    public string? ChipId { get; init; }

    /// <summary>What it is able to, where its kind is <see cref="DeviceKind.Model"/>.</summary>
    public ThingModel Things { get; init; } = ThingModel.Empty;

    /// <summary>Number of its type, which a gateway says of it.</summary>
    public int Uiid { get; init; }

    /// <summary>Id of the gateway over which it speaks; null: it connects by itself.</summary>
    public string? Gateway { get; init; }

    /// <summary>How the gateway knows it; null: by its id.</summary>
    public string? SubId { get; init; }

    /// <summary>The name of its hardware; null: one of its kind.</summary>
    public string? Model
    {
        get => field ?? DefaultModel(Kind);
        init;
    }

    // A key is a secret, also in a message about the record.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append($"{nameof(Id)} = {Id}, {nameof(Kind)} = {Kind}");
        return true;
    }

    private static string DefaultModel(DeviceKind kind) => kind switch
    {
        DeviceKind.Switch => "PSC-B01-GL",
        DeviceKind.Lamp => "PSF-BFB-GL",
        DeviceKind.Thermostat => "PSA-BHA-GL",
        DeviceKind.Meter => "PSF-B04-GL",
        _ => "MODEL",
    };
}
