using Irori.Bus;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>What both engines must hold about everything else that is stored.</summary>
public abstract class StoreContract
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    protected abstract Task<DatabaseSettings> SettingsAsync();

    private async Task<World> WorldAsync() => await World.CreateAsync(await SettingsAsync());

    [Fact]
    public async Task Codes_their_sendings_and_claims_go_when_their_time_is_over()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        await world.WriteAsync(async s =>
        {
            await s.Codes.PutAsync("Email:a@example.com", CodePurpose.Register, [1], Now, Now.AddMinutes(10));
            await s.Codes.NoteSentAsync("Email:a@example.com", Now, Now.AddDays(-1));
            await s.Devices.PutClaimAsync(new Claim { DeviceId = "1000000099", Dialect = "coolkit", SecretEnc = [1], Model = "M", ShownAt = Now }, keep: 10);
            return true;
        });

        (await world.WriteAsync(s => s.Codes.PurgeAsync(Now, 10))).ShouldBe(0);
        (await world.WriteAsync(s => s.Devices.PurgeClaimsAsync(Now, 10))).ShouldBe(0);

        (await world.WriteAsync(s => s.Codes.PurgeAsync(Now.AddDays(1), 10))).ShouldBe(2);
        (await world.WriteAsync(s => s.Devices.PurgeClaimsAsync(Now.AddDays(1), 10))).ShouldBe(1);
    }

    [Fact]
    public async Task A_fault_rolls_the_whole_unit_of_work_back()
    {
        await using var world = await WorldAsync();

        var result = await world.Database.WriteAsync<Done>(
            async s =>
            {
                await s.Homes.AddAsync(world.Account, "h", "Home", 0);
                return Fault.NotVisible("by the test");
            },
            Cancel);

        result.Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await world.ReadAsync(s => s.Homes.ListAsync(world.Account))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_belongs_to_one_account_even_when_two_take_it_at_once()
    {
        await using var world = await WorldAsync();

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AddAsync(world)));

        added.Count(no => no is not null).ShouldBe(1);

        static async Task<long?> AddAsync(World world)
        {
            var result = await world.Database.WriteAsync<long>(
                async s => await s.Accounts.AddAsync(
                    new Account { Id = Ids.Account(), Region = "eu", CallingCode = "+49", Lang = "en", Nickname = "", Created = Now },
                    Login.Email("twin@example.com").Value,
                    Now) is { } no ? no : new Fault(FaultKind.AccountExists, "taken"),
                Cancel);
            return result.IsOk ? result.Value : null;
        }
    }

    [Fact]
    public async Task A_closed_account_keeps_its_row_and_loses_the_persons_data()
    {
        await using var world = await WorldAsync();

        await world.WriteAsync(async s =>
        {
            await s.Accounts.CloseAsync(world.Account, Now);
            return true;
        });

        (await world.ReadAsync(s => s.Accounts.FindAsync(Login.Email("owner@example.com").Value))).ShouldBeNull();
        var left = (await world.ReadAsync(s => s.Accounts.FindAsync(world.Account)))!;
        (left.Email, left.Nickname, left.Closed).ShouldBe((null, "", Now));
    }

    [Fact]
    public async Task A_code_counts_its_tries_and_is_used_up_once()
    {
        await using var world = await WorldAsync();
        await world.WriteAsync(async s =>
        {
            await s.Codes.PutAsync("t", CodePurpose.Register, [1, 2], Now, Now.AddMinutes(1));
            return true;
        });

        (await world.WriteAsync(s => s.Codes.SpendTryAsync("t", CodePurpose.Register)))!.Tries.ShouldBe(1);
        var second = (await world.WriteAsync(s => s.Codes.SpendTryAsync("t", CodePurpose.Register)))!;

        (second.Tries, second.Expires).ShouldBe((2, Now.AddMinutes(1)));
        (await world.WriteAsync(s => s.Codes.RemoveAsync("t", CodePurpose.Register, [9]))).ShouldBeFalse();
        (await world.WriteAsync(s => s.Codes.RemoveAsync("t", CodePurpose.Register, [1, 2]))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Codes.RemoveAsync("t", CodePurpose.Register, [1, 2]))).ShouldBeFalse();
    }

    [Fact]
    public async Task Sessions_are_found_by_their_hashes_rotated_once_and_ended_by_app()
    {
        await using var world = await WorldAsync();
        var session = new Session { Account = world.Account, App = world.App, AccessHash = [1], AccessUntil = Now, RefreshHash = [2], RefreshUntil = Now };
        var no = await world.WriteAsync(s => s.Sessions.AddAsync(session, Now));
        var renewed = new Session { Account = world.Account, App = world.App, AccessHash = [3], AccessUntil = Now, RefreshHash = [4], RefreshUntil = Now };

        (await world.WriteAsync(s => s.Sessions.RotateAsync(no, [2], renewed))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Sessions.RotateAsync(no, [2], renewed))).ShouldBeFalse();

        (await world.ReadAsync(s => s.Sessions.FindByAccessAsync([1]))).ShouldBeNull();
        (await world.ReadAsync(s => s.Sessions.FindByAccessAsync([3])))!.Session.No.ShouldBe(no);
        (await world.WriteAsync(s => s.Sessions.EndAllAsync(world.Account, world.App, no, Now))).ShouldBeEmpty();
        (await world.WriteAsync(s => s.Sessions.EndAllAsync(world.Account, null, null, Now))).ShouldBe([no]);
        (await world.ReadAsync(s => s.Sessions.FindByRefreshAsync([4])))!.Ended.ShouldBe(Now);
        (await world.WriteAsync(s => s.Sessions.PurgeAsync(Now.AddDays(1), 10))).ShouldBe(1);
    }

    [Fact]
    public async Task What_an_app_may_not_see_is_not_found()
    {
        await using var world = await WorldAsync();
        var closed = await world.WriteAsync(async s => await s.Projects.AddAppAsync(new App
        {
            Id = "closed", Project = 1, Dialect = "coolkit", Kind = AppKind.Client, SecretEnc = [1], SingleSession = true, AccessSeconds = 1, RefreshSeconds = 1, Disabled = false,
        }));
        Task<VisibleDevice?> FindAsync() => world.ReadAsync(s => s.Bindings.FindVisibleAsync(world.Account, closed, "1000000001"));

        (await FindAsync()).ShouldBeNull();
        (await world.ReadAsync(s => s.Projects.VisibleProductsAsync(closed)))!.ShouldBeEmpty();
        await world.WriteAsync(async s =>
        {
            await s.Projects.GrantAsync(closed, GrantKind.Product, world.Product);
            return true;
        });

        (await FindAsync())!.Role.ShouldBe(Role.Owner);
        (await world.ReadAsync(s => s.Projects.VisibleProductsAsync(closed)))!.ShouldBe([world.Product]);
    }

    [Fact]
    public async Task A_stranger_does_not_find_a_device()
    {
        await using var world = await WorldAsync();
        var stranger = (await world.AddAccountAsync("stranger@example.com"))!.Value;

        (await world.ReadAsync(s => s.Bindings.FindVisibleAsync(stranger, world.App, "1000000001"))).ShouldBeNull();
        (await world.ReadAsync(s => s.Bindings.ViewersAsync(world.Device))).Accounts.ShouldBe([world.Account]);
    }

    [Fact]
    public async Task Things_of_a_home_are_paged_in_the_order_of_their_ranks()
    {
        await using var world = await WorldAsync();
        var home = await world.WriteAsync(s => s.Homes.AddAsync(world.Account, "home", "Home", 0));
        for (var i = 0; i < 5; i++)
        {
            var device = await world.AddDeviceAsync($"d{i}");
            await world.BindAsync(world.Account, device);
            var rank = -i / 2;
            await world.WriteAsync(async s =>
            {
                await s.Homes.PlaceAsync(world.Account, home, null, device, rank);
                return true;
            });
        }

        var first = await world.ReadAsync(s => s.Bindings.ListVisibleAsync(world.Account, world.App, home, new PlaceCursor(long.MinValue, 0), 3));
        var rest = await world.ReadAsync(s => s.Bindings.ListVisibleAsync(world.Account, world.App, home, new PlaceCursor(first[^1].Rank, first[^1].No), 3));

        first.Concat(rest).Select(d => d.Id).ShouldBe(["d4", "d2", "d3", "d0", "d1"]);
        (await world.ReadAsync(s => s.Bindings.CountAsync(world.Account, home))).ShouldBe(5);
        (await world.ReadAsync(s => s.Homes.RankRangeAsync(home))).ShouldBe((-2, 0));
        (await world.ReadAsync(s => s.Homes.UnplacedAsync(world.Account, 10))).ShouldBe([world.Device]);
    }

    [Fact]
    public async Task Ending_a_binding_takes_placement_and_rank_with_it()
    {
        await using var world = await WorldAsync();
        var home = await world.WriteAsync(s => s.Homes.AddAsync(world.Account, "home", "Home", 0));
        await world.WriteAsync(async s =>
        {
            await s.Homes.PlaceAsync(world.Account, home, null, world.Device, 3);
            return true;
        });

        var ended = await world.WriteAsync(s => new BindingService(new InProcessBus(), TimeProvider.System).EndAsync(s, world.Device, world.Account, EndReason.Unbound));

        ended.ShouldHaveSingleItem().OwnerChanged.ShouldBeTrue();
        (await world.ReadAsync(s => s.Homes.FindPlacementAsync(world.Account, world.Device))).ShouldBeNull();
        (await world.ReadAsync(s => s.Homes.RankRangeAsync(home))).ShouldBeNull();
        (await world.ReadAsync(s => s.Devices.FindAsync(world.Device)))!.AccessVersion.ShouldBe(2);
    }

    [Fact]
    public async Task A_device_has_one_owner()
    {
        await using var world = await WorldAsync();
        var other = (await world.AddAccountAsync("other@example.com"))!.Value;

        await Should.ThrowAsync<System.Data.Common.DbException>(world.BindAsync(other, world.Device));
    }

    [Fact]
    public async Task A_link_is_online_while_its_nodes_lease_holds_and_abandoned_after()
    {
        await using var world = await WorldAsync();
        var life = await world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(5)));
        await world.OpenLinkAsync("n1", life);
        (await world.ReadAsync(s => s.Links.FindAsync(world.Device)))!.Online.ShouldBeTrue();
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", false, 10))).ShouldBe(0);

        var next = await world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(5)));

        next.ShouldBe(life + 1);
        (await world.ReadAsync(s => s.Links.FindAsync(world.Device)))!.Online.ShouldBeFalse();
        (await world.WriteAsync(s => s.Links.RenewAsync("n1", life, next + 1, TimeSpan.FromMinutes(5)))).State.ShouldBe(LeaseState.Taken);
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", false, 10))).ShouldBe(1);
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", false, 10))).ShouldBe(0);
    }

    [Fact]
    public async Task A_goodbye_of_an_older_link_changes_nothing_after_a_newer_hello()
    {
        await using var world = await WorldAsync();
        var old = await world.OpenLinkAsync();
        var fresh = await world.OpenLinkAsync();

        (await world.WriteAsync(s => s.Links.CloseAsync(world.Device, old))).ShouldBeFalse();
        (await world.WriteAsync(s => s.Links.ConfirmOfflineAsync(new LinkKey(world.Device, old), "test", Now))).ShouldBeNull();

        (await world.WriteAsync(s => s.Links.CloseAsync(world.Device, fresh))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Links.ConfirmOfflineAsync(new LinkKey(world.Device, fresh), "test", Now))).ShouldNotBeNull();
        (await world.WriteAsync(s => s.Links.ConfirmOfflineAsync(new LinkKey(world.Device, fresh), "test", Now))).ShouldBeNull();
    }

    [Fact]
    public async Task A_device_is_found_by_any_of_its_names_and_patterns_are_taken_literally()
    {
        await using var world = await WorldAsync();
        await world.WriteAsync(s => s.Devices.AddAsync(
            new Device { Id = "x_1", Product = world.Product, Source = DeviceSource.Made, Name = "Kitchen 100%", Created = Now },
            [new DeviceName("", "mac", "", "d0:27:00:00:00:01")]));
        Task<IReadOnlyList<Device>> SearchAsync(string text) => world.ReadAsync(s => s.Devices.SearchAsync(text, "", 10));

        (await SearchAsync("D0:27")).ShouldHaveSingleItem().Id.ShouldBe("x_1");
        (await SearchAsync("kitchen")).ShouldHaveSingleItem().Id.ShouldBe("x_1");
        (await SearchAsync("x_")).ShouldHaveSingleItem().Id.ShouldBe("x_1");
        (await SearchAsync("%")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_log_of_online_and_offline_is_read_newest_first()
    {
        await using var world = await WorldAsync();
        foreach (var kind in new[] { PresenceKind.Online, PresenceKind.Offline, PresenceKind.ReOnline })
        {
            await world.WriteAsync(async s =>
            {
                await s.Links.AddPresenceAsync(world.Device, kind, "10.0.0.7", 3, "because", Now);
                return true;
            });
        }

        var log = await world.ReadAsync(s => s.Links.PresenceAsync(world.Device, 2));

        log.Select(p => p.Kind).ShouldBe([PresenceKind.ReOnline, PresenceKind.Offline]);
        (log[0].At, log[0].Ip, log[0].Epoch, log[0].Reason).ShouldBe((Now, "10.0.0.7", 3, "because"));
    }

    [Fact]
    public async Task What_several_nodes_add_at_once_is_there_once()
    {
        await using var world = await WorldAsync();

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Database.WriteAsync<long>(
            async s => await s.Projects.FindAppAsync("twin") is { } known ? known.No : await s.Projects.AddAppAsync(new App
            {
                Id = "twin", Project = await s.Projects.EnsureProjectAsync("p", "P"), Dialect = "coolkit", Kind = AppKind.Client, SecretEnc = [1],
                SingleSession = false, AccessSeconds = 60, RefreshSeconds = 120, Disabled = false,
            }),
            Cancel)));

        added.Select(a => a.Value).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_the_newest_claims_are_kept()
    {
        await using var world = await WorldAsync();
        for (var i = 0; i < 5; i++)
        {
            var claim = new Claim { DeviceId = $"c{i}", Dialect = "coolkit", SecretEnc = [1], Model = "m", ShownAt = Now.AddSeconds(i) };
            await world.WriteAsync(async s =>
            {
                await s.Devices.PutClaimAsync(claim, keep: 3);
                return true;
            });
        }

        (await world.ReadAsync(s => s.Devices.FindClaimAsync("c1", "coolkit", Now))).ShouldBeNull();
        (await world.ReadAsync(s => s.Devices.FindClaimAsync("c2", "coolkit", Now)))!.Model.ShouldBe("m");
        (await world.ReadAsync(s => s.Devices.FindClaimAsync("c4", "coolkit", Now.AddMinutes(1)))).ShouldBeNull();
    }

    [Fact]
    public async Task Products_share_a_uiid_and_keep_their_model()
    {
        await using var world = await WorldAsync();
        var model = new ThingModel { Properties = [new Property { Name = "switches", Title = "Switches", Type = PropertyType.Array, MergeKey = "outlet" }] };
        var no = await world.WriteAsync(async s => await s.Products.AddAsync(
            new Product
            {
                Id = "ffffffffffffffffffffffff", Project = 1, Brand = (await s.Products.EnsureBrandAsync("B", "ignored")).No, Name = "Two", Model = "T", Category = "switch",
                Dialect = "coolkit", ModelJson = model.ToJson(),
            },
            [new ProductName("coolkit", "uiid", "1")],
            [7],
            Now));

        var found = (await world.ReadAsync(s => s.Products.FindAsync(no)))!;

        (found.Name("coolkit", "uiid"), found.Brand.Name, found.Brand.Logo).ShouldBe(("1", "B", ""));
        found.Model.MergeKeys!["switches"].ShouldBe("outlet");
        (await world.ReadAsync(s => s.Products.FindByNameAsync(new ProductName("coolkit", "uiid", "1"))))!.Product.No.ShouldBe(world.Product);
        (await world.ReadAsync(s => s.Products.ListAsync("", 10))).Count.ShouldBe(2);
    }

    [Fact]
    public async Task History_past_its_retention_is_removed_piece_by_piece()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var old = Now.AddDays(-400).ToUnixTimeMilliseconds();
        for (var i = 0; i < 3; i++)
            await world.Database.WriteStateAsync(world.Write(epoch, i, ("n", $"{i}")) with { Arrival = old + i }, Cancel);
        await world.Database.WriteStateAsync(world.Write(epoch, 9, ("n", "9")) with { Arrival = Now.ToUnixTimeMilliseconds() }, Cancel);

        (await world.WriteAsync(s => s.History.PurgePointsAsync(Now, 365, 0, 2))).ShouldBe(new PurgedPoints(2, 0));
        (await world.WriteAsync(s => s.History.PurgePointsAsync(Now, 365, 0, 2))).ShouldBe(new PurgedPoints(1, world.Device));
        (await world.WriteAsync(s => s.History.PurgePointsAsync(Now, 365, world.Device, 2))).ShouldBe(new PurgedPoints(0, null));

        (await world.PointsAsync("n")).ShouldHaveSingleItem().Value.ShouldBe("9");
        foreach (var table in Enum.GetValues<PurgedTable>()) (await world.WriteAsync(s => s.History.PurgeAsync(table, Now, 10))).ShouldBe(0);
    }

    [Fact]
    public async Task Points_are_paged_without_gap_or_repetition()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        for (var i = 0; i < 5; i++)
            await world.Database.WriteStateAsync(world.Write(epoch, i, ("n", $"{i}")) with { Arrival = 1_000 }, Cancel);

        var first = await world.ReadAsync(s => s.History.PointsAsync(world.Device, "n", 0, 2_000, null, 2));
        var rest = await world.ReadAsync(s => s.History.PointsAsync(world.Device, "n", 0, 2_000, new PointCursor(first[1].Arrival, first[1].Seq), 10));

        first.Concat(rest).Select(p => p.Value).ShouldBe(["0", "1", "2", "3", "4"]);
        (await world.ReadAsync(s => s.History.PointsAsync(world.Device, "n", 0, 1_000, null, 10))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Points_of_a_property_are_found_among_reports_without_it_and_values_that_look_like_it()
    {
        await using var world = await WorldAsync();
        await world.ReportAsync(null, 1, ("m", "0"), ("n", "\"first\""));
        for (var i = 0; i < 5; i++) await world.ReportAsync(null, 2 + i, ("m", """{"1":1,"2":2,"3":3}"""));
        await world.ReportAsync(null, 9, ("n", """[1,{"a":"é"}]"""), ("m", "1"));

        var first = await world.ReadAsync(s => s.History.PointsAsync(world.Device, "n", 0, long.MaxValue, null, 1));
        var rest = await world.ReadAsync(s => s.History.PointsAsync(world.Device, "n", 0, long.MaxValue, new PointCursor(first[0].Arrival, first[0].Seq), 2));

        first.Concat(rest).Select(p => p.Value).ShouldBe(["\"first\"", """[1,{"a":"é"}]"""]);
        (await world.ReadAsync(s => s.History.PointsAsync(world.Device, "never", 0, long.MaxValue, null, 1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_installations_key_is_added_once()
    {
        await using var world = await WorldAsync();

        (await world.WriteAsync(s => s.Installation.AddKeyAsync("data", [1], Now))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Installation.AddKeyAsync("data", [2], Now))).ShouldBeFalse();

        (await world.ReadAsync(s => s.Installation.FindKeyAsync("data"))).ShouldBe([1]);
    }

    [Fact]
    public async Task A_disabled_device_is_offline_and_what_its_link_still_reports_is_refused()
    {
        await using var world = await WorldAsync();
        var life = await world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(5)));
        var epoch = await world.OpenLinkAsync("n1", life);
        await DoAsync(world, s => s.Devices.DisableAsync(world.Device, Now));

        (await world.ReadAsync(s => s.Devices.FindAsync(world.Device)))!.Lifecycle.ShouldBe(Lifecycle.Disabled);
        (await world.ReadAsync(s => s.Links.FindAsync(world.Device)))!.Online.ShouldBeFalse();
        (await world.ReportAsync(epoch, 1, ("switch", "\"on\""))).Outcome.ShouldBe(Irori.Core.States.StateOutcome.Superseded);

        await DoAsync(world, s => s.Devices.EnableAsync(world.Device));
        (await world.ReadAsync(s => s.Devices.FindAsync(world.Device)))!.Lifecycle.ShouldBe(Lifecycle.Inactive);
        (await world.ReportAsync(epoch, 1, ("switch", "\"on\""))).Outcome.ShouldBe(Irori.Core.States.StateOutcome.Superseded);
    }

    [Fact]
    public async Task An_enabled_device_that_has_connected_before_is_active_again()
    {
        await using var world = await WorldAsync();
        await world.WriteAsync(s => s.Links.ActivatedAsync(world.Device, Now));
        await DoAsync(world, s => s.Devices.DisableAsync(world.Device, Now));
        await DoAsync(world, s => s.Devices.EnableAsync(world.Device));

        (await world.ReadAsync(s => s.Devices.FindAsync(world.Device)))!.Lifecycle.ShouldBe(Lifecycle.Active);
    }

    [Fact]
    public async Task Accounts_are_paged_by_id_with_their_logins_and_closed_ones_are_left_out()
    {
        await using var world = await WorldAsync();
        var closed = (await world.AddAccountAsync("closed@example.com"))!.Value;
        var other = (await world.AddAccountAsync("other@example.com"))!.Value;
        await DoAsync(world, s => s.Accounts.CloseAsync(closed, Now));
        await DoAsync(world, s => s.Accounts.AddOperatorAsync(other, "full"));
        await DoAsync(world, s => s.Accounts.AddLoginAsync(other, Login.Phone("+4915112345678").Value, Now));

        var first = await world.ReadAsync(s => s.Accounts.ListAsync("", 1));
        var rest = await world.ReadAsync(s => s.Accounts.ListAsync(first[0].Id, 10));

        first.Concat(rest).Select(a => (a.Email, a.Phone, a.IsOperator)).ShouldBe(
            [("owner@example.com", null, false), ("other@example.com", "+4915112345678", true)], ignoreOrder: true);
        (await world.ReadAsync(s => s.Accounts.FindAsync(other)))!.IsOperator.ShouldBeTrue();
    }

    [Fact]
    public async Task An_app_is_disabled_and_enabled_by_its_id()
    {
        await using var world = await WorldAsync();

        (await world.WriteAsync(s => s.Projects.SetDisabledAsync("app", true))).ShouldBeTrue();
        (await world.ReadAsync(s => s.Projects.FindAppAsync("app")))!.Disabled.ShouldBeTrue();
        (await world.WriteAsync(s => s.Projects.SetDisabledAsync("app", false))).ShouldBeTrue();
        (await world.ReadAsync(s => s.Projects.FindAppAsync("app")))!.Disabled.ShouldBeFalse();
        (await world.WriteAsync(s => s.Projects.SetDisabledAsync("none", true))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_goes_on_until_it_ends_or_its_app_is_disabled()
    {
        await using var world = await WorldAsync();
        var first = await OpenAsync(1);
        var second = await OpenAsync(2);
        Task<IReadOnlyList<long>> AmongAsync(params long[] sessions) => world.ReadAsync(s => s.Sessions.OpenAmongAsync(sessions));

        (await AmongAsync(first, second, 999)).ShouldBe([first, second], ignoreOrder: true);
        (await AmongAsync(second)).ShouldBe([second]);
        (await AmongAsync()).ShouldBeEmpty();
        await DoAsync(world, s => s.Sessions.EndAsync(first, Now));
        (await AmongAsync(first, second)).ShouldBe([second]);
        await DoAsync(world, s => s.Projects.SetDisabledAsync("app", true));
        (await AmongAsync(first, second)).ShouldBeEmpty();

        Task<long> OpenAsync(byte mark) => world.WriteAsync(s => s.Sessions.AddAsync(
            new Session { Account = world.Account, App = world.App, AccessHash = [mark], AccessUntil = Now, RefreshHash = [mark], RefreshUntil = Now }, Now));
    }

    [Fact]
    public async Task Grants_are_told_by_the_names_of_what_they_open()
    {
        await using var world = await WorldAsync();
        var brand = (await world.ReadAsync(s => s.Products.FindBrandAsync("B")))!;
        var product = (await world.ReadAsync(s => s.Products.FindAsync(world.Product)))!.Product.Id;
        await DoAsync(world, s => s.Projects.GrantAsync(world.App, GrantKind.Brand, brand.No));
        await DoAsync(world, s => s.Projects.GrantAsync(world.App, GrantKind.Product, world.Product));

        (await world.ReadAsync(s => s.Projects.GrantsAsync(world.App))).Select(g => (g.Kind, g.Target))
            .ShouldBe([(GrantKind.All, ""), (GrantKind.Brand, "B"), (GrantKind.Product, product)]);
        (await world.ReadAsync(s => s.Products.FindBrandAsync("unknown"))).ShouldBeNull();
    }

    [Fact]
    public async Task An_inspection_tells_the_installation_and_changes_nothing()
    {
        var settings = await SettingsAsync();
        (await DatabaseInspection.ReadAsync(settings, Cancel)).ShouldBeNull();
        if (settings.Engine == DatabaseEngine.Sqlite) File.Exists(settings.SqlitePath).ShouldBeFalse();
        else (await DatabaseInspection.IsEmptyAsync(settings.ConnectionString, Cancel)).ShouldBeTrue();

        await using var world = await World.CreateAsync(settings);
        (await DatabaseInspection.ReadAsync(settings, Cancel)).ShouldBeNull();
        await DoAsync(world, s => s.Installation.AddAsync(
            new Irori.Core.Installation.InstallationRecord { Id = "i", Created = Now, Mode = Irori.Core.Installation.InstallationMode.Home }));
        await DoAsync(world, s => s.Installation.AddKeyAsync(Irori.Core.Installation.KeyRing.DataPurpose, [1, 2], Now));

        var facts = (await DatabaseInspection.ReadAsync(settings, Cancel))!;
        (facts.InstallationId, facts.Schema).ShouldBe(("i", DatabaseInspection.KnownSchema));
        facts.WrappedKey.ShouldBe([1, 2]);
        if (settings.Engine == DatabaseEngine.PostgreSql) (await DatabaseInspection.IsEmptyAsync(settings.ConnectionString, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Opening_a_database_again_applies_no_migration_twice()
    {
        var settings = await SettingsAsync();
        await using (await World.CreateAsync(settings))
        {
        }

        await using var again = await DatabaseFactory.OpenAsync(settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, Cancel);

        (await again.ReadAsync(s => s.Accounts.FindAsync(Login.Email("owner@example.com").Value), Cancel)).ShouldNotBeNull();
    }

    private static Task<bool> DoAsync(World world, Func<IStores, Task> change) => world.WriteAsync(async s =>
    {
        await change(s);
        return true;
    });
}
