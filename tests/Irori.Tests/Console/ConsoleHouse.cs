using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Core.States;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Tests.Server;

namespace Irori.Tests.Console;

/// <summary>An answer of the console's API.</summary>
internal sealed record ConsoleReply(HttpStatusCode Status, JsonNode Body)
{
    public string? Kind => Body["error"]?["kind"]?.GetValue<string>();

    public string? Message => Body["error"]?["message"]?.GetValue<string>();

    public string? Field => Body["error"]?["field"]?.GetValue<string>();
}

/// <summary>A server with an owner who is an operator, a stranger with a device of his own, and devices with links that the test holds.</summary>
public sealed class ConsoleHouse : IAsyncLifetime
{
    public const string Owner = "owner@example.com";
    public const string Stranger = "stranger@example.com";
    public const string Password = "correct horse 1";

    public const string Lamp = "1000000001";
    public const string Meter = "1000000002";
    public const string Fan = "1000000003";
    public const string Foreign = "1000000009";

    private readonly Func<IroriSettings, IroriSettings>? _settings;
    private readonly ServerOptions? _options;
    private readonly List<HttpClient> _clients = [];
    private ProductView _lamps = null!;
    private ProductView _meters = null!;

    public ConsoleHouse()
    {
    }

    internal ConsoleHouse(Func<IroriSettings, IroriSettings>? settings, ServerOptions? options)
    {
        _settings = settings;
        _options = options;
    }

    public TestServer Server { get; private set; } = null!;

    public Home Home { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(settings: _settings, options: _options);
        await Service<AppService>().AddAsync(new NewApp("coolkit", Id: "phone", AllProducts: true), Cancel);
        _lamps = await ProductAsync("Lamp", "light", LampModel);
        _meters = await ProductAsync("Meter", "meter", MeterModel);
        var owner = await AccountAsync(Owner, "Ada");
        Home = (await Service<HomeService>().AddAsync(owner.Account, "Garden House", ["Living Room", "Kitchen"], Cancel)).Value;
        await Service<HomeService>().AddAsync(owner.Account, "Cabin", [], Cancel);
        await MakeAsync(owner, Lamp, _lamps, "Reading Lamp", Home.Rooms[0]);
        await MakeAsync(owner, Meter, _meters, "Power Meter", Home.Rooms[1]);
        await MakeAsync(owner, Fan, _lamps, "Attic Fan", room: null);
        await MakeAsync(await AccountAsync(Stranger, ""), Foreign, _lamps, "Foreign Lamp", room: null);
        await WriteAsync(s => s.Accounts.AddOperatorAsync(owner.Account.No, "admin"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Server.DisposeAsync();
    }

    public T Service<T>()
        where T : notnull => Server.Service<T>();

    /// <summary>Opens a device's link that answers commands by the function; see <see cref="TalkingChannel"/>.</summary>
    public async Task<Link> ConnectAsync(string id, Func<string, string?> answer)
    {
        var device = (await Service<IDatabase>().ReadAsync(s => s.Devices.FindAsync(id), Cancel))!;
        var channel = new TalkingChannel(answer);
        var link = (await Service<LinkService>().OpenAsync(new LinkIdentity(device.No, id, device.Product, null, KeepsFrames: true), channel, Cancel)).Value;
        channel.Link = link;
        return link;
    }

    /// <summary>The device says what it is.</summary>
    public static async Task ReportAsync(Link link, string name, string json)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"{{name}}":{{json}}}""");
        var written = await link.ReportAsync(new Report { Readings = [new Reading(name, json)], Frame = frame }, Cancel);
        if (written.Value.Outcome != StateOutcome.Accepted) throw new InvalidOperationException($"The report was not accepted: {written.Value.Outcome}");
    }

    /// <summary>Puts values into the past of a device that the owner has had for long.</summary>
    public async Task RememberAsync(string id, string name, IEnumerable<(DateTimeOffset At, string Json)> values)
    {
        var device = (await Service<IDatabase>().ReadAsync(s => s.Devices.FindAsync(id), Cancel))!;
        await WriteAsync(s => s.Devices.RaiseAccessAsync(device.No, DateTimeOffset.UnixEpoch));
        foreach (var (at, json) in values)
        {
            var write = new StateWrite { Device = device.No, Product = device.Product, Readings = [new Reading(name, json)], Arrival = at.ToUnixTimeMilliseconds() };
            await Service<IDatabase>().WriteStateAsync(write, Cancel);
        }
    }

    /// <summary>A browser without a session.</summary>
    public HttpClient Client(bool console = true)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Server.Http, "/console/api/") };
        if (console) client.DefaultRequestHeaders.Add("X-Irori-Console", "1");
        _clients.Add(client);
        return client;
    }

    /// <summary>A browser with a session.</summary>
    internal async Task<HttpClient> SignInAsync(string email)
    {
        var client = Client();
        var reply = await PostAsync(client, "session", new JsonObject { ["login"] = email, ["password"] = Password });
        return reply.Status == HttpStatusCode.OK ? client : throw new InvalidOperationException($"{reply}");
    }

    internal static async Task<ConsoleReply> GetAsync(HttpClient client, string path) => await ReplyAsync(await client.GetAsync(path, Cancel));

    internal static Task<ConsoleReply> PostAsync(HttpClient client, string path, JsonNode? body) => PostAsync(client, path, body?.ToJsonString() ?? "null");

    internal static async Task<ConsoleReply> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await ReplyAsync(await client.PostAsync(path, content, Cancel));
    }

    internal static async Task<ConsoleReply> DeleteAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path) { Content = new StringContent("", Encoding.UTF8, "application/json") };
        return await ReplyAsync(await client.SendAsync(request, Cancel));
    }

    internal static async Task<ConsoleReply> ReplyAsync(HttpResponseMessage response)
    {
        using (response) return new ConsoleReply(response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    private async Task<ProductView> ProductAsync(string name, string category, ThingModel things) => (await Service<ProductService>().AddAsync(
        new NewProduct("coolkit", name, $"IR-{name}", category, "Irori", [], things), Cancel)).Value;

    private async Task<Principal> AccountAsync(string email, string nickname)
    {
        var account = (await Service<AccountService>().AddAsync(Login.Email(email).Value, Password, "eu", "+49", nickname, Cancel)).Value;
        return new Principal(account, (await Service<AppService>().FindAsync("phone", "coolkit", Cancel)).Value, 0, null);
    }

    private async Task MakeAsync(Principal owner, string id, ProductView product, string name, Room? room)
    {
        var factory = new FactoryData { Mac = $"D0:27:00:00:00:{id[^2..]}" };
        await Service<DeviceService>().MakeAsync(new NewDevice(id, product.Product.Id, Key: null, factory), Cancel);
        var wanted = new AddDevice(id, Holds: _ => true, ChipId: null, name) { RoomId = room?.Id, End = End.Back };
        if ((await Service<DeviceService>().AddAsync(owner, wanted, Cancel)).Fault is { } fault) throw new InvalidOperationException(fault.Reason);
    }

    private Task WriteAsync(Func<IStores, Task> work) => Service<IDatabase>().WriteAsync<Done>(
        async s =>
        {
            await work(s);
            return new Done();
        },
        Cancel);

    private static ThingModel LampModel => ThingModel.Parse(
        """
        {"properties":[
          {"name":"switch","title":"Power","type":"enum","access":"rw","values":[{"value":"on","title":"On"},{"value":"off","title":"Off"}]},
          {"name":"brightness","title":"Brightness","type":"int","access":"rw","unit":"%","min":1,"max":100,"step":1},
          {"name":"lock","title":"Child lock","type":"bool","access":"rw"}]}
        """);

    private static ThingModel MeterModel => ThingModel.Parse(
        """
        {"properties":[
          {"name":"power","title":"Power","type":"double","access":"r","unit":"W"},
          {"name":"voltage","title":"Voltage","type":"double","access":"r","unit":"V"}]}
        """);
}
