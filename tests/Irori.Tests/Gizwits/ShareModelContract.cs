using System.Text.Json.Nodes;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Sharing;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>People share, accept, refuse, leave, hand over and move in, in any order and by the apps of both vendors: what both show is what <see cref="ShareModel"/> says.</summary>
public abstract class ShareModelContract(GizwitsFixture fixture, ITestOutputHelper output)
{
    private const int People = 4;
    private static readonly string[] Names = ["Anna", "Ben", "Cleo", "Dan"];

    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_people_do_both_vendors_apps_show_what_the_rules_say()
    {
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}");
        for (var i = 0; i < Effort.Of(quick: 3, full: 40); i++)
        {
            using var walk = await Walk.StartAsync(House, new Random(unchecked(Effort.Seed + i)));
            try
            {
                for (var step = 0; step < 40; step++) await walk.StepAsync();
            }
            catch
            {
                output.WriteLine($"walk {i}:");
                foreach (var line in walk.Steps) output.WriteLine(line);
                throw;
            }
        }
    }

    private sealed record Person(GizwitsApp Gizwits, CoolKitApp CoolKit, string Home);

    private sealed class Walk(GizwitsHouse house, Random random, Person[] people, (MadeDevice Made, string Mac, string Key, string Secret)[] devices) : IDisposable
    {
        private readonly ShareModel _model = new(devices.Length, d => devices[d].Key == GizwitsHouse.HeaterKey, house.Time.GetUtcNow());
        private int _days;

        public List<string> Steps { get; } = [];

        public static async Task<Walk> StartAsync(GizwitsHouse house, Random random)
        {
            var people = new Person[People];
            for (var i = 0; i < People; i++)
            {
                var email = house.CoolKit.NewEmail();
                var gizwits = house.App();
                gizwits.Take(await gizwits.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
                var coolkit = await house.CoolKit.SignInAsync(email);
                people[i] = new Person(gizwits, coolkit, (string)(await coolkit.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!);
            }

            var (lamp, heater) = (await house.MakeAsync(house.Lamp), await house.MakeAsync(house.Heater));
            return new Walk(
                house, random, people,
                [(lamp.Made, lamp.Mac, GizwitsHouse.LampKey, GizwitsHouse.LampSecret), (heater.Made, heater.Mac, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret)]);
        }

        /// <summary>Somebody does something; then everybody looks.</summary>
        public async Task StepAsync()
        {
            var (who, device, other, minutes) = (random.Next(People), random.Next(devices.Length), random.Next(People), random.Next(3) == 0 ? random.Next(2) == 0 ? 10 : 100 : (int?)null);
            // Owners do more than others, or nothing much would happen.
            if (random.Next(2) == 0 && _model.OwnerOf(device) is { } owner) who = owner;
            await DoAsync(random.Next(14), who, device, other, minutes);
            _model.Settle();
            foreach (var person in people) (await person.CoolKit.GetAsync("/v2/family")).Error().ShouldBe(0);
            for (var person = 0; person < People; person++) await LookAsync(person);
        }

        public void Dispose()
        {
            foreach (var person in people)
            {
                person.Gizwits.Dispose();
                person.CoolKit.Dispose();
            }
        }

        private async Task DoAsync(int what, int who, int device, int other, int? minutes)
        {
            var (gizwits, coolkit, did) = (people[who].Gizwits, people[who].CoolKit, devices[device].Made.Device.Id);
            switch (what)
            {
                case 0 or 1:
                    Note($"{Names[who]} binds {device}");
                    var bound = await house.BindAsync(gizwits, devices[device].Key, devices[device].Secret, devices[device].Mac);
                    bound.Code.ShouldBe(_model.Bind(who, device));
                    break;
                case 2 when random.Next(2) == 0:
                    Note($"{Names[who]} unbinds {device}");
                    await UnbindAsync(who, device);
                    break;
                case 2:
                    Note($"{Names[who]} deletes {device}");
                    var deleted = await coolkit.DeleteAsync($"/v2/device?deviceid={did}");
                    deleted.Error().ShouldBe(_model.Unbind(who, device) switch { 9017 => 405, 9093 => 406, var done => done });
                    break;
                case 3 or 4:
                    Note($"{Names[who]} invites {Names[other]} to {device} for {minutes}");
                    var invitation = new JsonObject { ["type"] = 0, ["did"] = did, ["uid"] = people[other].Gizwits.Uid };
                    if (minutes is not null) invitation["duration"] = minutes;
                    var invited = await gizwits.PostAsync("/app/sharing", invitation);
                    var (code, share) = _model.Invite(who, device, other, minutes);
                    invited.Code.ShouldBe(code);
                    if (share is not null) share.Id = (long)invited["id"]!;
                    break;
                case 5:
                    Note($"{Names[who]} makes a code of {device} for {minutes}");
                    var offer = new JsonObject { ["type"] = 1, ["did"] = did };
                    if (minutes is not null) offer["duration"] = minutes;
                    var offered = await gizwits.PostAsync("/app/sharing", offer);
                    (code, share) = _model.OfferCode(who, device, minutes);
                    offered.Code.ShouldBe(code);
                    if (share is null) break;
                    share.Code = ((string)offered["qr_content"]!)["type=share&code=".Length..];
                    share.Id = (long)(await gizwits.GetAsync("/app/sharing?sharing_type=0&limit=1"))["objects"]![0]!["id"]!;
                    break;
                case 6 when Some(s => s.IsCode) is { } shown:
                    Note($"{Names[who]} shows code {shown.Id}");
                    (await gizwits.PostAsync($"/app/sharing/code/{shown.Code}")).Code.ShouldBe(_model.Redeem(who, shown));
                    break;
                case 7 or 8 when Some(_ => true) is { } asked:
                    // Mostly who was asked.
                    who = random.Next(4) > 0 && asked.To is { } to ? to : who;
                    var accept = random.Next(4) > 0;
                    Note($"{Names[who]} {(accept ? "accepts" : "refuses")} {asked.Id}");
                    (await people[who].Gizwits.PutAsync($"/app/sharing/{asked.Id}?status={(accept ? 1 : 2)}")).Code.ShouldBe(_model.Answer(who, asked, accept));
                    break;
                case 9 when Some(_ => true) is { } sent:
                    who = random.Next(3) > 0 ? sent.From : who;
                    Note($"{Names[who]} withdraws {sent.Id}");
                    (await people[who].Gizwits.DeleteAsync($"/app/sharing/{sent.Id}")).Code.ShouldBe(_model.Withdraw(who, sent));
                    break;
                case 10 when other != who && random.Next(3) > 0:
                    Note($"{Names[who]} shares {device} with {Names[other]} silently");
                    var body = new JsonObject
                    {
                        ["deviceidList"] = new JsonArray(did), ["user"] = new JsonObject { ["countryCode"] = "+49", ["email"] = people[other].CoolKit.Email }, ["permit"] = 0, ["shareType"] = 1,
                    };
                    (await coolkit.PostAsync("/v2/device/share", body)).Error().ShouldBe(_model.ShareSilently(who, device, other));
                    await LearnAsync(who);
                    break;
                case 10:
                    Note($"{Names[who]} ends the share of {device} with {Names[other]}");
                    (await coolkit.DeleteAsync($"/v2/device/share?deviceid={did}&apikey={people[other].CoolKit.Apikey}")).Error().ShouldBe(_model.EndSilently(who, device, other));
                    break;
                case 11 when random.Next(2) == 0:
                    Note($"{Names[who]} removes guest {Names[other]} from {device}");
                    (await gizwits.DeleteAsync($"/app/{did}/bindings?uid={people[other].Gizwits.Uid}")).Code.ShouldBe(_model.RemoveGuest(who, device, other));
                    break;
                case 11:
                    Note($"{Names[who]} hands {device} over to {Names[other]}");
                    (await gizwits.PostAsync($"/app/sharing/{did}/transfer?uid={people[other].Gizwits.Uid}")).Code.ShouldBe(_model.HandOver(who, device, other));
                    break;
                case 12 when other != who:
                    await MoveAsync(who, other);
                    break;
                default:
                    var time = _days < 4 && random.Next(4) == 0 ? TimeSpan.FromHours(25) : TimeSpan.FromMinutes(random.Next(2) == 0 ? 7 : 61);
                    if (time.TotalHours > 24) _days++;
                    Note($"{time} pass");
                    house.Time.Advance(time);
                    await house.CoolKit.Server.Service<ShareReview>().ReviewAsync(Cancel);
                    _model.Pass(time);
                    break;
            }
        }

        private async Task UnbindAsync(int who, int device)
        {
            var did = devices[device].Made.Device.Id;
            var unbound = await people[who].Gizwits.DeleteAsync("/app/bindings", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = did }) });
            var expected = _model.Unbind(who, device);
            if (expected is 0 or 9017)
            {
                unbound.Code.ShouldBe(0);
                unbound[expected == 0 ? "success" : "failed"]!.AsArray().Select(d => (string)d!).ShouldBe([did]);
            }
            else
            {
                unbound.Code.ShouldBe(expected);
            }
        }

        // Moves into somebody's home, or out of it.
        private async Task MoveAsync(int owner, int member)
        {
            if (_model.Members.Contains((owner, member)))
            {
                Note($"{Names[member]} leaves the home of {Names[owner]}");
                (await house.CoolKit.Server.Service<MembershipService>().LeaveAsync(await house.CoolKit.PrincipalAsync(people[member].CoolKit), people[owner].Home, Cancel)).IsOk.ShouldBeTrue();
                _model.Leave(owner, member);
                return;
            }

            Note($"{Names[member]} moves in with {Names[owner]}");
            await house.CoolKit.JoinAsync(people[owner].CoolKit, people[member].CoolKit, people[owner].Home);
            _model.Join(owner, member);
        }

        // A share that was made silently has a number too.
        private async Task LearnAsync(int who)
        {
            if (_model.Shares is not [.., { Id: 0 } made]) return;
            made.Id = (long)(await people[who].Gizwits.GetAsync("/app/sharing?sharing_type=0&limit=1"))["objects"]![0]!["id"]!;
        }

        private async Task LookAsync(int person)
        {
            var (gizwits, coolkit, home) = people[person];
            var had = Enumerable.Range(0, devices.Length).Where(d => _model.RoleOf(person, d) is not null).ToList();
            var bindings = (await gizwits.GetAsync("/app/bindings?limit=500"))["devices"]!.AsArray();
            bindings.ToDictionary(d => (string)d!["did"]!, d => (string)d!["role"]!).ShouldBe(had.ToDictionary(IdOf, d => RoleOf(person, d)), ignoreOrder: true, $"{Names[person]}'s bindings");

            await ShowsAsync(person, home, had.Where(d => _model.RoleOf(person, d) != Role.Member));
            foreach (var (owner, _) in _model.Members.Where(m => m.Member == person)) await ShowsAsync(person, people[owner].Home, had.Where(d => _model.RoleOf(person, d) == Role.Member && _model.OwnerOf(d) == owner));

            foreach (var sent in new[] { true, false })
            {
                var listed = (await gizwits.GetAsync($"/app/sharing?sharing_type={(sent ? 0 : 1)}&limit=500"))["objects"]!.AsArray();
                listed.ToDictionary(s => (long)s!["id"]!, s => (int)s!["status"]!).ShouldBe(
                    _model.Shares.Where(s => sent ? s.From == person : s.To == person).ToDictionary(s => s.Id, StatusOf), ignoreOrder: true, $"what {Names[person]} {(sent ? "sent" : "received")}");
            }
        }

        private async Task ShowsAsync(int person, string home, IEnumerable<int> expected)
        {
            var things = (await people[person].CoolKit.GetAsync($"/v2/device/thing?num=0&familyid={home}"))["data"]!["thingList"]!.AsArray();
            things.ToDictionary(t => (string)t!["itemData"]!["deviceid"]!, t => (int)t!["itemType"]!).ShouldBe(
                expected.ToDictionary(IdOf, d => _model.RoleOf(person, d) == Role.Owner ? 1 : 2), ignoreOrder: true, $"{Names[person]}'s things");
            foreach (var thing in things.Where(t => (int)t!["itemType"]! == 1))
            {
                var device = Array.FindIndex(devices, d => d.Made.Device.Id == (string)thing!["itemData"]!["deviceid"]!);
                thing!["itemData"]!["shareTo"]!.AsArray().Select(s => (string)s!["apikey"]!).ShouldBe(
                    _model.Shares.Where(s => s.Device == device && s.Status == ShareModel.Status.Accepted).Select(s => people[s.To!.Value].CoolKit.Apikey!), ignoreOrder: true, $"with whom {device} is shared");
            }
        }

        private string IdOf(int device) => devices[device].Made.Device.Id;

        private string RoleOf(int person, int device) => _model.RoleOf(person, device) switch
        {
            Role.Owner => _model.IsOpen(device) ? "special" : "owner",
            Role.Peer => "normal",
            _ => "guest",
        };

        private static int StatusOf(ShareModel.Share share) => share.Status switch
        {
            ShareModel.Status.Pending or ShareModel.Status.Expired => 0,
            ShareModel.Status.Accepted => 1,
            ShareModel.Status.Refused => 2,
            _ => 3,
        };

        // The newer the likelier.
        private ShareModel.Share? Some(Func<ShareModel.Share, bool> which)
        {
            var known = _model.Shares.Where(which).ToList();
            return known.Count == 0 ? null : known[Math.Max(random.Next(known.Count), random.Next(known.Count))];
        }

        private void Note(string step) => Steps.Add(step);
    }
}
