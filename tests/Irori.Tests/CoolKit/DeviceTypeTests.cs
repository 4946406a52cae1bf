using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Cli;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Dialects.CoolKit.Types;
using Irori.Server.Files;
using Irori.Simulator;
using Irori.Simulator.Kinds;
using Irori.Tests.Simulator;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Every documented type of device: made from its number or from a file, simulated, seen by both versions.</summary>
public sealed class DeviceTypeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int> Uiids => [.. DeviceTypes.All.Select(t => t.Uiid)];

    [Fact]
    public void The_documented_types_are_there()
    {
        DeviceTypes.All.Count.ShouldBe(117);
        int[] some = [1, 2, 3, 4, 5, 15, 22, 28, 32, 34, 59, 66, 102, 104, 182, 1000, 1770, 2256, 3258, 5026, 7004];
        foreach (var uiid in some) DeviceTypes.Find(uiid).ShouldNotBeNull();
        DeviceTypes.Find(10).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Uiids))]
    public void A_type_may_be_written_into_a_file_and_read_back(int uiid)
    {
        var type = DeviceTypes.Find(uiid)!;
        var file = File(type);
        var named = Parse(file);
        file["node"] = $"{type.Node}";
        file["things"] = JsonNode.Parse(type.Things.ToJson());
        var written = Parse(file);

        foreach (var product in new[] { named, written })
        {
            (product.Node, product.Things.ToJson()).ShouldBe((type.Node, type.Things.ToJson()));
            product.Names.ShouldContain(new ProductName("coolkit", "uiid", $"{uiid}"));
        }

        foreach (var property in type.Things.Properties) CheckProperty(property);
    }

    [Theory]
    [MemberData(nameof(Uiids))]
    public void A_new_device_has_a_value_of_the_type_of_each_property_that_it_reports(int uiid)
    {
        var things = DeviceTypes.Find(uiid)!.Things;
        var hardware = Made(things);
        var state = hardware.FirstState();

        state.Select(p => p.Key).ShouldBe(things.Properties.Where(p => p.Access != "w").Select(p => p.Name), ignoreOrder: true);
        var dice = new Dice(new Random(uiid));
        for (var tick = 0; tick < 40; tick++)
        {
            foreach (var name in hardware.Tick(state, dice)) things.Properties.First(p => p.Name == name).Access.ShouldBe("r");
            foreach (var property in things.Properties.Where(p => p.Access != "w")) Check(property, state[property.Name]);
        }
    }

    [Fact]
    public void What_a_device_measures_moves()
    {
        foreach (var type in DeviceTypes.All)
        {
            var measured = type.Things.Properties.Where(p => p.Access == "r" && (p.Values is not null || p.Min is not null) && p.Name != "rssi").Select(p => p.Name).ToList();
            var hardware = Made(type.Things);
            var (state, dice, moved) = (hardware.FirstState(), new Dice(new Random(1)), new HashSet<string>());
            for (var tick = 0; tick < 200; tick++) moved.UnionWith(hardware.Tick(state, dice));

            moved.ShouldBeSubsetOf(type.Things.Properties.Select(p => p.Name));
            measured.ShouldBeSubsetOf(moved, $"type {type.Uiid}");
        }
    }

    [Fact]
    public async Task A_product_of_every_type_is_simulated_commanded_and_seen_by_both_versions()
    {
        await using var house = await CoolKitHouse.StartAsync();
        using var app = await house.SignInAsync(CoolKitHouse.OwnerEmail);
        var v1 = await V1App.SignInAsync(app);
        var plans = new List<(DeviceType Type, DevicePlan Plan)>();
        foreach (var type in DeviceTypes.All)
        {
            // One half as the command line does it by number, the other from a file.
            var wanted = Parse(File(type));
            var product = (await house.Server.Service<ProductService>().AddAsync(wanted, Cancel)).Value;
            var made = (await house.Server.Service<DeviceService>().MakeAsync(new NewDevice(house.NewDeviceId(), product.Product.Id, null, new FactoryData { ChipId = "00E0604B" }), Cancel)).Value;
            (await app.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made, type.Name))).Error().ShouldBe(0);
            plans.Add((type, new DevicePlan(made.Device.Id, made.Key, DeviceKind.Model) { ChipId = "00E0604B", Things = type.Things }));
        }

        var options = new SimulationOptions { Server = house.Server.Http, MeterInterval = TimeSpan.FromHours(1) };
        var simulation = new Irori.Simulator.Simulation(options, [.. plans.Select(p => p.Plan)], TimeProvider.System, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = simulation.RunAsync(stop.Token);
        foreach (var (type, plan) in plans)
        {
            var device = simulation.Device(plan.Id);
            await device.WaitOnlineAsync(Cancel).WaitAsync(ScriptedLink.Patient, Cancel);
            var reported = device.State;
            await ShouldShowAsync(app, v1, type, plan.Id, reported);

            var command = Command(type.Things);
            (await app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = plan.Id, ["params"] = command.DeepClone() })).Error().ShouldBe(0, $"type {type.Uiid}");
            foreach (var (name, value) in command)
            {
                JsonNode.DeepEquals(device.State[name], value).ShouldBeTrue($"type {type.Uiid}: {device.State[name]?.ToJsonString()}");
                reported[name] = value?.DeepClone();
            }

            await ShouldShowAsync(app, v1, type, plan.Id, reported);
        }

        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("1000000001:k:36", "UIID36", "bright")]
    [InlineData("1000000001:k:2:C", "UIID2", "switches")]
    public void A_simulated_device_may_be_named_by_the_number_of_its_type(string text, string model, string property)
    {
        var plan = Simulated(text);

        (plan.Kind, plan.Model).ShouldBe((DeviceKind.Model, model));
        plan.State.ContainsKey(property).ShouldBeTrue();
    }

    [Fact]
    public void A_simulated_device_may_be_named_by_the_file_of_its_product()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("irori-kind-").FullName, "mine.json");
        System.IO.File.WriteAllText(path, """{"dialect":"coolkit","name":"Mine","model":"M-1","category":"other","brand":"Mine","things":{"properties":[{"name":"level","title":"Level","type":"int","min":3,"max":9}]}}""");
        try
        {
            var plan = Simulated($"1000000001:k:{path}");
            (plan.Model, (long)plan.State["level"]!).ShouldBe(("M-1", 3));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Theory]
    [InlineData("1000000001:k:99998", "must be one of")]
    [InlineData("1000000001:k:/nowhere/mine.json", "cannot be read")]
    public void A_kind_that_is_not_there_is_a_sentence(string text, string part) =>
        Should.Throw<Irori.Server.Settings.StartupException>(() => Simulated(text)).Mistakes.ShouldHaveSingleItem().ShouldContain(part);

    private static (DeviceKind Kind, string? Model, JsonObject State) Simulated(string device)
    {
        var command = SimulateCommand.Create();
        var simulation = SimulateCommand.Load(command.Parse(["--server", "http://localhost", "--device", device]), NullLogger.Instance);
        var made = simulation.Devices.Single();
        return (made.Kind, made.Plan.Model, made.State);
    }

    private static Hardware Made(ThingModel things) =>
        Hardware.Of(new DevicePlan("1000000001", "k", DeviceKind.Model) { Things = things }, new SimulationOptions { Server = new Uri("http://localhost") }, TimeProvider.System);

    private static JsonObject File(DeviceType type) => new()
    {
        ["dialect"] = "coolkit", ["name"] = type.Name, ["model"] = $"T-{type.Uiid}", ["category"] = type.Category, ["brand"] = "Types", ["uiid"] = type.Uiid,
    };

    private static NewProduct Parse(JsonObject file)
    {
        var mistakes = new List<string>();
        var product = ProductFile.Parse(file.ToJsonString(), mistakes);
        mistakes.ShouldBeEmpty();
        return product!;
    }

    // Another value than a new device has, for the first property that can be commanded; of an array all entries, so that nothing is merged away.
    private static JsonObject Command(ThingModel things)
    {
        var state = Made(things).FirstState();
        foreach (var property in things.Properties.Where(p => p.Access == "rw"))
        {
            if (Other(property, state[property.Name]) is { } value) return new JsonObject { [property.Name] = value };
        }

        // A sensor obeys nothing, but takes what nobody knows the meaning of.
        return new JsonObject { ["unheardOf"] = 1 };
    }

    private static JsonNode? Other(Property property, JsonNode? old)
    {
        if (property.Values is { Count: > 1 } values) return JsonNode.Parse(values.First(v => !JsonNode.DeepEquals(JsonNode.Parse(v.Value.GetRawText()), old)).Value.GetRawText());
        if (property is { Type: PropertyType.Int, Max: { } most }) return property.AsText ? $"{most}" : (long)most;
        if (old is not JsonArray { Count: > 0 } entries || property.Fields is null) return null;
        var changed = entries.DeepClone().AsArray();
        foreach (var entry in changed.OfType<JsonObject>())
        {
            foreach (var field in property.Fields.Where(f => f.Name != property.MergeKey)) entry[field.Name] = Other(field, entry[field.Name]) ?? entry[field.Name]?.DeepClone();
        }

        return changed;
    }

    private static async Task ShouldShowAsync(CoolKitApp app, V1App v1, DeviceType type, string id, JsonObject state)
    {
        var status = (await app.GetAsync($"/v2/device/thing/status?type=1&id={id}"))["data"]!["params"]!;
        var old = (await v1.GetAsync($"/api/user/device/{id}"))["device"]!;
        ((int?)old["uiid"]).ShouldBe(type.Uiid);
        foreach (var (name, value) in state)
        {
            foreach (var shown in new[] { status[name], old["params"]![name] })
                JsonNode.DeepEquals(shown, value).ShouldBeTrue($"{name} of type {type.Uiid} is {value?.ToJsonString()}, shown as {shown?.ToJsonString()}");
        }
    }

    private static void CheckProperty(Property property)
    {
        if (property.Default is { } usual) Check(property, JsonNode.Parse(usual.GetRawText()));
        if (property.Alarm is { } alarm) Check(property, JsonNode.Parse(alarm.GetRawText()));
        if (property.MergeKey is { } key) property.Fields!.Any(f => f.Name == key).ShouldBeTrue(property.Name);
        foreach (var field in property.Fields ?? []) CheckProperty(field);
    }

    private static void Check(Property property, JsonNode? value)
    {
        var what = $"{property.Name}: {value?.ToJsonString()}";
        switch (property.Type)
        {
            case PropertyType.Enum:
                property.Values!.Any(v => JsonNode.DeepEquals(JsonNode.Parse(v.Value.GetRawText()), value)).ShouldBeTrue(what);
                break;
            case PropertyType.Int or PropertyType.Double when value is not null:
                value.GetValueKind().ShouldBe(property.AsText ? JsonValueKind.String : JsonValueKind.Number, what);
                double.Parse(value.ToString()).ShouldBeInRange(property.Min ?? double.MinValue, property.Max ?? double.MaxValue, what);
                break;
            case PropertyType.Array:
                value.ShouldBeOfType<JsonArray>(what);
                foreach (var entry in value.AsArray().OfType<JsonObject>())
                {
                    foreach (var field in property.Fields!) Check(field, entry[field.Name]);
                }

                break;
            case PropertyType.Struct:
                foreach (var field in property.Fields ?? []) Check(field, value!.AsObject()[field.Name]);
                break;
            default:
                value!.GetValueKind().ShouldBe(JsonValueKind.String, what);
                break;
        }
    }
}
