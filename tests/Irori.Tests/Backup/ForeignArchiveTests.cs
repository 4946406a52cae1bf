using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Irori.Server.Backup;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Backup;

/// <summary>An archive may be damaged, or made by somebody with bad intentions.</summary>
public sealed class ForeignArchiveTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-foreign-").FullName;

    private string Good => Path.Combine(_folder, "good.tar.gz");

    private string Bad => Path.Combine(_folder, "bad.tar.gz");

    private string Target => Path.Combine(_folder, "deep", "target");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("../evil")]
    [InlineData("/tmp/irori-evil")]
    [InlineData("a/irori.db")]
    [InlineData("readme.txt")]
    public async Task A_name_that_no_backup_has_is_refused(string name)
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries => entries.Add((name, "x"u8.ToArray(), TarEntryType.RegularFile)))).ShouldContain($"\"{name}\"");
        (await RefusedAsync(entries => Replace(entries, "manifest.json", json => json.Replace("\"master.key\"", $"\"{name}\"", StringComparison.Ordinal)))).ShouldContain($"\"{name}\"");

        File.Exists(Path.Combine(_folder, "deep", "evil")).ShouldBeFalse();
        File.Exists("/tmp/irori-evil").ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_file_is_refused()
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries =>
        {
            var at = entries.FindIndex(e => e.Name == "master.key");
            entries[at] = ("master.key", "/etc/passwd"u8.ToArray(), TarEntryType.SymbolicLink);
        })).ShouldContain("master.key");
    }

    [Theory]
    [InlineData("irori.db")]
    [InlineData("master.key")]
    public async Task A_changed_byte_is_found(string part)
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries =>
        {
            var at = entries.FindIndex(e => e.Name == part);
            entries[at].Content[^5] ^= 1;
        })).ShouldContain($"the checksum of {part} is wrong");
    }

    [Theory]
    [InlineData("irori.db")]
    [InlineData("master.key")]
    public async Task A_missing_part_is_found(string part)
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries => entries.RemoveAll(e => e.Name == part))).ShouldContain($"{part} is missing");
    }

    [Fact]
    public async Task A_part_that_stands_twice_is_refused()
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries => entries.Add(entries[^1]))).ShouldContain("master.key");
    }

    [Fact]
    public async Task A_longer_part_is_refused_before_it_is_written()
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries =>
        {
            var at = entries.FindIndex(e => e.Name == "irori.db");
            entries[at] = ("irori.db", [.. entries[at].Content, 0], TarEntryType.RegularFile);
        })).ShouldContain("should have");
    }

    [Fact]
    public async Task A_newer_schema_or_form_names_the_release_that_is_needed()
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries => Replace(entries, "manifest.json", m => m.Replace($"\"schema\": {DatabaseInspection.KnownSchema}", "\"schema\": 999", StringComparison.Ordinal))))
            .ShouldContain("restore it with a newer Irori");
        (await RefusedAsync(entries => Replace(entries, "manifest.json", m => m.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal)))).ShouldContain("format 2");
    }

    [Fact]
    public async Task A_database_that_is_not_the_described_one_is_refused()
    {
        await MakeGoodAsync();

        (await RefusedAsync(entries => Replace(entries, "manifest.json", m => m.Replace("\"installation\": \"", "\"installation\": \"other", StringComparison.Ordinal))))
            .ShouldContain("not the one that its manifest describes");
        (await RefusedAsync(entries => Exchange(entries, "irori.db", Encoding.UTF8.GetBytes(new string('x', 8192))))).ShouldContain("damaged");
    }

    [Fact]
    public async Task A_key_that_does_not_open_the_data_is_refused()
    {
        await MakeGoodAsync();
        var other = Encoding.UTF8.GetBytes(Convert.ToBase64String(new byte[32]) + "\n");

        (await RefusedAsync(entries => Exchange(entries, "master.key", other))).ShouldContain("does not open its data");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(2000)]
    public async Task A_cut_archive_is_refused(int length)
    {
        await MakeGoodAsync();
        await File.WriteAllBytesAsync(Bad, (await File.ReadAllBytesAsync(Good, Cancel))[..length], Cancel);

        (await Should.ThrowAsync<BackupException>(RestoreAsync(Bad))).Message.ShouldContain("not a backup of Irori, or it is damaged");
        Nothing();
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        await File.WriteAllTextAsync(Bad, "Hello", Cancel);

        (await Should.ThrowAsync<BackupException>(RestoreAsync(Bad))).Message.ShouldContain("not a backup of Irori");
        (await Should.ThrowAsync<BackupException>(RestoreAsync(Path.Combine(_folder, "none")))).Message.ShouldContain("There is no file");
    }

    [Theory]
    [InlineData("irori.db")]
    [InlineData("irori.db-wal")]
    [InlineData("master.key")]
    [InlineData("irori.jsonc")]
    public async Task A_folder_that_holds_an_installation_is_left_alone(string file)
    {
        await MakeGoodAsync();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, file), "precious", Cancel);

        (await Should.ThrowAsync<BackupException>(RestoreAsync(Good))).Message.ShouldContain($"holds {file}");

        (await File.ReadAllTextAsync(Path.Combine(Target, file), Cancel)).ShouldBe("precious");
        Directory.GetFileSystemEntries(Target).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_may_become_an_installation()
    {
        await MakeGoodAsync();
        Directory.CreateDirectory(Path.Combine(Target, "lost+found"));

        await RestoreAsync(Good);

        File.Exists(Path.Combine(Target, "irori.db")).ShouldBeTrue();
    }

    private async Task MakeGoodAsync()
    {
        await using var server = await TestServer.StartAsync();
        await BackupWriter.WriteAsync(server.Service<IroriSettings>() with { }, null, Good, withoutKey: false, TimeProvider.System, Cancel);
    }

    private Task<BackupManifest> RestoreAsync(string file) => BackupRestorer.RestoreAsync(new IroriSettings { Data = Target }, null, file, Cancel);

    private async Task<string> RefusedAsync(Action<List<(string Name, byte[] Content, TarEntryType Type)>> change)
    {
        var entries = await ReadAsync();
        change(entries);
        await WriteAsync(entries);
        var message = (await Should.ThrowAsync<BackupException>(RestoreAsync(Bad))).Message;
        Nothing();
        File.Delete(Bad);
        return message;
    }

    private void Nothing()
    {
        Directory.GetFileSystemEntries(Target).Select(f => Path.GetFileName(f)).ShouldBe(["irori.lock"]);
        Directory.GetFileSystemEntries(Path.Combine(_folder, "deep")).ShouldHaveSingleItem();
    }

    // A part with its checksum and size set right again: only its meaning is wrong.
    private static void Exchange(List<(string Name, byte[] Content, TarEntryType Type)> entries, string name, byte[] content)
    {
        var at = entries.FindIndex(e => e.Name == name);
        var (old, fresh) = (Describe(name, entries[at].Content), Describe(name, content));
        entries[at] = (name, content, TarEntryType.RegularFile);
        Replace(entries, "manifest.json", m =>
        {
            m.ShouldContain(old);
            return m.Replace(old, fresh, StringComparison.Ordinal);
        });
    }

    private static string Describe(string name, byte[] content) =>
        $"\"name\": \"{name}\",\n      \"size\": {content.Length},\n      \"sha256\": \"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";

    private static void Replace(List<(string Name, byte[] Content, TarEntryType Type)> entries, string name, Func<string, string> change)
    {
        var at = entries.FindIndex(e => e.Name == name);
        var before = Encoding.UTF8.GetString(entries[at].Content);
        var after = change(before);
        after.ShouldNotBe(before);
        entries[at] = (name, Encoding.UTF8.GetBytes(after), TarEntryType.RegularFile);
    }

    private async Task<List<(string Name, byte[] Content, TarEntryType Type)>> ReadAsync()
    {
        var entries = new List<(string, byte[], TarEntryType)>();
        await using var zip = new GZipStream(File.OpenRead(Good), CompressionMode.Decompress);
        await using var tar = new TarReader(zip);
        while (await tar.GetNextEntryAsync(cancellationToken: Cancel) is { } entry)
        {
            using var content = new MemoryStream();
            await entry.DataStream!.CopyToAsync(content, Cancel);
            entries.Add((entry.Name, content.ToArray(), entry.EntryType));
        }

        return entries;
    }

    private async Task WriteAsync(List<(string Name, byte[] Content, TarEntryType Type)> entries)
    {
        await using var zip = new GZipStream(File.Create(Bad), CompressionLevel.Fastest);
        await using var tar = new TarWriter(zip);
        foreach (var (name, content, type) in entries)
        {
            var entry = new PaxTarEntry(type, name);
            if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(content);
            else entry.LinkName = Encoding.UTF8.GetString(content);
            await tar.WriteEntryAsync(entry, Cancel);
        }
    }
}
