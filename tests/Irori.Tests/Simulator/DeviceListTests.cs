using System.CommandLine;
using Irori.Cli;
using Irori.Server.Settings;
using Irori.Simulator;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.Simulator;

/// <summary>What an operator writes to <c>irori simulate</c>.</summary>
public sealed class DeviceListTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("1000000001:k:switch", DeviceKind.Switch, null)]
    [InlineData("1000000001:k:Lamp", DeviceKind.Lamp, null)]
    [InlineData("1000000001:k:thermostat:", DeviceKind.Thermostat, null)]
    [InlineData("1000000001:k:meter:A1", DeviceKind.Meter, "A1")]
    public void A_device_is_id_key_kind_and_perhaps_chip(string text, DeviceKind kind, string? chip) =>
        DeviceList.Parse(text).ShouldBe(new DevicePlan("1000000001", "k", kind) { ChipId = chip });

    [Theory]
    [InlineData("", "two or three colons")]
    [InlineData("a:secret", "two or three colons")]
    [InlineData("a:secret:lamp:c:d", "two or three colons")]
    [InlineData(":secret:lamp", "needs an id")]
    [InlineData("a b:secret:lamp", "without blanks")]
    [InlineData("a::lamp", "needs its factory key")]
    [InlineData("a:secret:fridge", "one of switch, lamp, thermostat, meter")]
    [InlineData("a:secret:1", "one of switch, lamp, thermostat, meter")]
    public void A_device_that_is_written_wrongly_is_a_sentence_without_its_key(string text, string part)
    {
        var message = Should.Throw<FormatException>(() => DeviceList.Parse(text)).Message;
        message.ShouldContain(part);
        message.ShouldEndWith(".");
        message.ShouldNotContain("secret");
    }

    [Fact]
    public void A_file_is_a_list()
    {
        var list = DeviceList.Read("""[{"id":"a","key":"k","kind":"lamp","chipId":"c"},{"id":"b","key":"k","kind":"meter","extra":1}]""");
        list.Server.ShouldBeNull();
        list.Devices.ShouldBe([new DevicePlan("a", "k", DeviceKind.Lamp) { ChipId = "c" }, new DevicePlan("b", "k", DeviceKind.Meter)]);
    }

    [Fact]
    public void A_file_may_be_that_of_a_demo_server_with_devices_of_other_dialects()
    {
        var list = DeviceList.Read(
            """
            {"http":"http://localhost:8080","https":"https://localhost:8443","app":{"id":"x"},"devices":[
              {"id":"a","key":"k","chipId":"c","productId":"p","name":"Lamp","dialect":"coolkit","kind":"lamp","added":true},
              {"id":"b","dialect":"gizwits"}]}
            """);
        list.Server.ShouldBe(new Uri("http://localhost:8080"));
        list.Devices.ShouldHaveSingleItem().ShouldBe(new DevicePlan("a", "k", DeviceKind.Lamp) { ChipId = "c" });
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[{\"id\":1}]", "not JSON of the wanted form")]
    [InlineData("{}", "neither a list")]
    [InlineData("[{\"id\":\"a\",\"key\":\"k\"}]", "must be one of")]
    [InlineData("{\"http\":\"x\",\"devices\":[]}", "not the address of a server")]
    public void A_wrong_file_is_a_sentence(string json, string part) =>
        Should.Throw<FormatException>(() => DeviceList.Read(json)).Message.ShouldContain(part);

    [Theory]
    [InlineData("", "no device to simulate")]
    [InlineData("--device a:k:lamp", "address of the server is missing")]
    [InlineData("--device a:k:lamp --server localhost:8080", "not the address of a server")]
    [InlineData("--device a:k:lamp --server ftp://localhost", "not the address of a server")]
    [InlineData("--device a:k:lamp --device a:k:lamp --server http://localhost", "named twice")]
    [InlineData("--device a:k:lamp --server http://localhost --meter-seconds soon", "--meter-seconds is \"soon\"")]
    [InlineData("--device a:k:lamp --server http://localhost --meter-seconds 0", "from 0.01")]
    [InlineData("--device a:k:lamp --server http://localhost --behave a", "not ID=BEHAVIOUR")]
    [InlineData("--device a:k:lamp --server http://localhost --behave b=silent", "no device b")]
    [InlineData("--device a:k:lamp --server http://localhost --behave a=rude", "A behaviour is one of")]
    [InlineData("--device a:k:lamp --server http://localhost --behave a=slow", "milliseconds")]
    [InlineData("--device a:k:lamp --server http://localhost --behave a=silent:5", "milliseconds")]
    [InlineData("--devices /nowhere/demo.json", "cannot be read")]
    public void Wrong_arguments_are_a_sentence(string arguments, string part) =>
        Should.Throw<StartupException>(() => Load(arguments)).Mistakes.ShouldHaveSingleItem().ShouldContain(part);

    [Fact]
    public async Task Wrong_arguments_end_with_the_code_2()
    {
        var root = new RootCommand();
        root.Subcommands.Add(SimulateCommand.Create());
        (await CommandLine.RunAsync(root, ["simulate", "--device", "a"], cancel: TestContext.Current.CancellationToken)).ShouldBe(ExitCode.Wrong);
    }

    [Fact]
    public void Devices_come_from_the_file_and_from_arguments_and_behave_as_told()
    {
        File.WriteAllText(_file, """{"http":"http://localhost:8080","devices":[{"id":"a","key":"k","kind":"lamp"}]}""");

        var devices = Load($"--devices {_file} --device b:k:meter --behave a=silent --behave b=slow:250").Devices.ToList();

        devices.Select(d => (d.Id, d.Kind)).ShouldBe([("a", DeviceKind.Lamp), ("b", DeviceKind.Meter)]);
        devices[0].Behaviour.ShouldBe(Behaviour.Silent);
        devices[1].Behaviour.ShouldBe(Behaviour.Slow(TimeSpan.FromMilliseconds(250)));
    }

    [Theory]
    [InlineData("silent a", "a Lamp", "silent")]
    [InlineData("  refuse   a ", "a Lamp", "refuse")]
    [InlineData("drop a", "a Lamp", "drop")]
    [InlineData("normal a", "a Lamp", "normal")]
    [InlineData("slow a 250", "a Lamp", "slow 250 ms")]
    [InlineData("list", "a Lamp", "\"bright\":50")]
    [InlineData("help", "list", "unplug ID")]
    [InlineData("unplug a\nlist", "a Lamp", "unplugged")]
    [InlineData("unplug a\nplug a\nlist", "a Lamp", "offline")]
    [InlineData("press a\nlist", "a Lamp", "\"switch\":\"on\"")]
    [InlineData("slow a", "A behaviour is one of", "milliseconds")]
    [InlineData("slow a fast", "A behaviour is one of", "milliseconds")]
    [InlineData("silent a 5", "A behaviour is one of", "milliseconds")]
    [InlineData("silent b", "There is no device b", "list")]
    [InlineData("silent", "\"silent\" is not a command", "help")]
    [InlineData("dance a", "\"dance a\" is not a command", "help")]
    public async Task A_command_is_answered_by_a_line(string lines, string start, string part)
    {
        var output = new StringWriter();
        var prompt = new SimulatePrompt(Load("--device a:k:lamp --server http://localhost"), output);

        (await prompt.RunAsync(new StringReader(lines), TestContext.Current.CancellationToken)).ShouldBeFalse("only quit ends the simulation");

        output.ToString().TrimStart().ShouldStartWith(start);
        output.ToString().ShouldContain(part);
    }

    [Fact]
    public async Task Quit_ends_the_simulation()
    {
        var prompt = new SimulatePrompt(Load("--device a:k:lamp --server http://localhost"), TextWriter.Null);
        (await prompt.RunAsync(new StringReader("\nquit\nlist"), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private static Irori.Simulator.Simulation Load(string arguments)
    {
        var command = SimulateCommand.Create();
        return SimulateCommand.Load(command.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)), NullLogger.Instance);
    }
}
