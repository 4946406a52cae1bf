using Irori.Core.Accounts;
using Irori.Core.Firmware;
using Irori.Core.History;
using Irori.Core.Messages;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>What both engines must hold about messages, operations, firmware and OAuth codes.</summary>
public abstract class RecordStoreContract
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    protected abstract Task<DatabaseSettings> SettingsAsync();

    [Fact]
    public async Task Messages_of_one_moment_have_times_of_their_own_and_the_oldest_go_beyond_a_number()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        for (var i = 0; i < 5; i++) await TellAsync(world, $"m{i}", keep: 3);

        var told = await world.ReadAsync(s => s.Messages.ListAsync(world.Account, home: 0, DateTimeOffset.MaxValue, 10));
        told.Select(m => m.Id).ShouldBe(["m4", "m3", "m2"]);
        told.Select(m => m.At).Distinct().Count().ShouldBe(3);
        (await world.ReadAsync(s => s.Messages.ListAsync(world.Account, home: 0, told[1].At, 10))).Select(m => m.Id).ShouldBe(["m2"]);
        (await world.ReadAsync(s => s.Messages.ListAsync(world.Account, home: 0, DateTimeOffset.MaxValue, 1))).Select(m => m.Id).ShouldBe(["m4"]);
    }

    [Fact]
    public async Task Messages_belong_to_a_home_or_to_every_one_and_move_with_it()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var (one, two) = await world.WriteAsync(async s => (await s.Homes.AddAsync(world.Account, "one", "One", 0), await s.Homes.AddAsync(world.Account, "two", "Two", 1)));
        await TellAsync(world, "everywhere", 10);
        await TellAsync(world, "one", 10, one);
        await TellAsync(world, "two", 10, two);
        (await ReadAsync(one)).ShouldBe(["one", "everywhere"]);

        await world.WriteAsync(async s =>
        {
            await s.Messages.MoveAsync(world.Account, one, two);
            await s.Homes.RemoveAsync(one);
            return true;
        });

        (await ReadAsync(two)).ShouldBe(["two", "one", "everywhere"]);
        (await world.WriteAsync(s => s.Messages.PurgeAsync(Now, 10))).ShouldBe(0);
        (await world.WriteAsync(s => s.Messages.PurgeAsync(Now.AddSeconds(1), 2))).ShouldBe(2);
        (await ReadAsync(two)).ShouldBe(["two"]);

        async Task<IReadOnlyList<string>> ReadAsync(long home) =>
            [.. (await world.ReadAsync(s => s.Messages.ListAsync(world.Account, home, DateTimeOffset.MaxValue, 10))).Select(m => m.Id)];
    }

    [Fact]
    public async Task An_address_to_which_an_app_leads_people_back_is_there_once_and_goes_once()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        await world.WriteAsync(async s =>
        {
            foreach (var uri in new[] { "https://b.example.com/", "https://a.example.com/", "https://a.example.com/" }) await s.Projects.AddRedirectAsync(world.App, uri);
            return true;
        });

        (await world.ReadAsync(s => s.Projects.RedirectsAsync([world.App, world.App + 1]))).Select(r => (r.App, r.Uri))
            .ShouldBe([(world.App, "https://a.example.com/"), (world.App, "https://b.example.com/")]);
        (await world.WriteAsync(s => s.Projects.RemoveRedirectAsync(world.App, "https://a.example.com/"))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Projects.RemoveRedirectAsync(world.App, "https://a.example.com/"))).ShouldBeFalse();
        (await world.ReadAsync(s => s.Projects.RedirectsAsync(world.App))).ShouldBe(["https://b.example.com/"]);
    }

    [Fact]
    public async Task An_operation_is_written_with_the_state_while_it_is_wanted()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var epoch = await world.OpenLinkAsync();
        await OperateAsync(world, epoch, "\"off\"", Now, byHand: true);
        await OperateAsync(world, epoch, "\"off\"", Now.AddSeconds(1), byHand: true);
        await OperateAsync(world, epoch, "\"on\"", Now.AddSeconds(2), byHand: true);
        await OperateAsync(world, epoch, "\"on\"", Now.AddSeconds(3), byHand: false);
        await OperateAsync(world, epoch - 1, "\"off\"", Now.AddSeconds(4), byHand: false);
        await KeepAsync(world, false);
        await OperateAsync(world, epoch, "\"off\"", Now.AddSeconds(5), byHand: false);
        await KeepAsync(world, true);
        await OperateAsync(world, epoch, "\"off\"", Now.AddSeconds(6), byHand: false);

        var kept = await ListAsync(world);
        kept.Select(o => o.At).ShouldBe([Now.AddSeconds(6), Now.AddSeconds(3), Now.AddSeconds(2)], "what was never known has not changed, and what did not change is none");
        kept.Select(o => (o.Account is null, o.Email)).ShouldBe([(false, "owner@example.com"), (false, "owner@example.com"), (true, null)]);
        (await world.ReadAsync(s => s.History.OperationsAsync(world.Device, Now.AddSeconds(3), new OperationRange(10) { Before = Now.AddSeconds(6) }))).ShouldHaveSingleItem().At.ShouldBe(Now.AddSeconds(3));
        (await world.WriteAsync(s => s.History.ClearOperationsAsync(world.Device, Now.AddSeconds(3), 10))).ShouldBe(2);
        (await ListAsync(world)).ShouldHaveSingleItem().At.ShouldBe(Now.AddSeconds(6));
        (await world.WriteAsync(s => s.History.PurgeAsync(PurgedTable.Operations, Now.AddSeconds(7), 10))).ShouldBe(1);
    }

    [Fact]
    public async Task Bytes_of_firmware_are_kept_once_and_as_long_as_a_release_has_them()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        var first = await ReleaseAsync(world, "r1", "1.0", "aa");
        var second = await ReleaseAsync(world, "r2", "1.1", "aa", "bb");
        first.ShouldNotBeNull();
        second.ShouldNotBeNull();
        (await ReleaseAsync(world, "r3", "1.1", "cc")).ShouldBeNull();
        await world.WriteAsync(async s =>
        {
            foreach (var digest in new[] { "aa", "aa", "bb" }) await s.Firmware.PutPieceAsync(digest, 0, [1, 2]);
            await s.Firmware.PutPieceAsync("aa", 1, [3]);
            return true;
        });

        (await world.ReadAsync(s => s.Firmware.OfModelsAsync([world.Product], ["M", "other"], 10))).Select(r => r.Id).ShouldBe(["r2", "r1"]);
        (await world.ReadAsync(s => s.Firmware.OfModelsAsync([world.Product], ["other"], 10))).ShouldBeEmpty();
        (await world.ReadAsync(s => s.Firmware.FindAsync("r2")))!.Files.Select(f => f.Digest).ShouldBe(["aa", "bb"]);
        (await world.ReadAsync(s => s.Firmware.ListAsync("r1", 10))).Select(r => r.Id).ShouldBe(["r2"]);
        (await world.ReadAsync(s => s.Firmware.FindPieceAsync("aa", 1))).ShouldBe([3]);
        await world.WriteAsync(async s =>
        {
            await s.Firmware.RemoveAsync(second.Value);
            return true;
        });

        (await world.ReadAsync(s => s.Firmware.FindPieceAsync("aa", 0))).ShouldBe([1, 2]);
        (await world.ReadAsync(s => s.Firmware.FindPieceAsync("bb", 0))).ShouldBeNull();
        (await world.ReadAsync(s => s.Firmware.FindFileAsync("bb", "bb.bin"))).ShouldBeNull();
        (await world.ReadAsync(s => s.Firmware.FindFileAsync("aa", "aa.bin")))!.Size.ShouldBe(3);
    }

    [Fact]
    public async Task A_code_is_taken_once_and_goes_when_its_time_is_over()
    {
        await using var world = await World.CreateAsync(await SettingsAsync());
        foreach (byte hash in new byte[] { 1, 2 })
        {
            await world.WriteAsync(async s =>
            {
                await s.OAuth.AddAsync(new OAuthCode { Hash = [hash], App = world.App, Account = world.Account, Redirect = "https://example.com/", Until = Now.AddSeconds(hash) });
                return true;
            });
        }

        var taken = (await world.WriteAsync(s => s.OAuth.TakeAsync([1])))!;
        (taken.App, taken.Account, taken.Redirect, taken.Until).ShouldBe((world.App, world.Account, "https://example.com/", Now.AddSeconds(1)));
        (await world.WriteAsync(s => s.OAuth.TakeAsync([1]))).ShouldBeNull();
        (await world.WriteAsync(s => s.OAuth.PurgeAsync(Now.AddSeconds(2), 10))).ShouldBe(0);
        (await world.WriteAsync(s => s.OAuth.PurgeAsync(Now.AddSeconds(3), 10))).ShouldBe(1);
    }

    private static Task<bool> TellAsync(World world, string id, int keep, long? home = null) => world.WriteAsync(async s =>
    {
        await s.Messages.AddAsync(new Message { Id = id, Account = world.Account, Home = home, Device = world.Device, Kind = MessageKind.Shared, Data = "{}", At = Now }, keep);
        return true;
    });

    private static async Task OperateAsync(World world, long epoch, string value, DateTimeOffset at, bool byHand)
    {
        var account = (await world.ReadAsync(s => s.Accounts.FindAsync(world.Account)))!;
        var operation = new Operation(at, byHand ? null : account.Id, $$"""{"switch":{{value}}}""") { IfChanged = byHand ? ["switch"] : null };
        await world.Database.WriteStateAsync(world.Write(epoch, null, ("switch", value)) with { Operation = operation }, TestContext.Current.CancellationToken);
    }

    private static Task<bool> KeepAsync(World world, bool keeps) => world.WriteAsync(async s =>
    {
        await s.Devices.SetKeepsOperationsAsync(world.Device, keeps);
        return true;
    });

    private static Task<IReadOnlyList<OperationRecord>> ListAsync(World world) =>
        world.ReadAsync(s => s.History.OperationsAsync(world.Device, DateTimeOffset.UnixEpoch, new OperationRange(10)));

    private static Task<long?> ReleaseAsync(World world, string id, string version, params string[] digests) => world.WriteAsync(s => s.Firmware.AddAsync(new FirmwareRelease
    {
        Id = id, Product = world.Product, Model = "M", Version = version, Created = Now,
        Files = [.. digests.Select(d => new FirmwareFile { Name = $"{d}.bin", Digest = d, Size = 3 })],
    }));
}
