using System.ComponentModel;
using System.Diagnostics;
using Npgsql;

namespace Irori.Storage;

/// <summary>A PostgreSQL program is missing or failed; the message is a sentence for the operator.</summary>
public sealed class PostgresProgramException(string message) : Exception(message);

/// <summary>Copies of a PostgreSQL database by its own programs, in its own format, also while it is in use.</summary>
public static class PostgresBackup
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(24);

    /// <summary>Writes the database into a file.</summary>
    /// <exception cref="PostgresProgramException">pg_dump is not here, or failed.</exception>
    public static Task DumpAsync(string connectionString, string toPath, CancellationToken cancel) =>
        RunAsync("pg_dump", connectionString, ["--format=custom", "--no-owner", "--no-privileges", $"--file={toPath}"], cancel);

    /// <summary>Reads a file into an empty database, wholly or not at all.</summary>
    /// <exception cref="PostgresProgramException">pg_restore is not here, or failed.</exception>
    public static Task RestoreAsync(string connectionString, string fromPath, CancellationToken cancel)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        return RunAsync(
            "pg_restore", connectionString, ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", $"--dbname={database}", fromPath], cancel);
    }

    private static async Task RunAsync(string program, string connectionString, string[] arguments, CancellationToken cancel)
    {
        using var process = Start(program, connectionString, arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        try
        {
            var said = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0) throw new PostgresProgramException($"{program} failed: {(await said).Trim().ReplaceLineEndings(" ")}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string program, string connectionString, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        foreach (var (name, value) in Variables(connectionString)) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new PostgresProgramException($"{program} cannot be started; install the client programs of PostgreSQL, on Debian: apt install postgresql-client.");
        }
    }

    // Nothing of the connection stands on a command line, where others could read it.
    private static IEnumerable<(string Name, string Value)> Variables(string connectionString)
    {
        var c = new NpgsqlConnectionStringBuilder(connectionString);
        if (c.Host is { Length: > 0 } host) yield return ("PGHOST", host);
        yield return ("PGPORT", $"{c.Port}");
        if (c.Username is { Length: > 0 } user) yield return ("PGUSER", user);
        if (c.Password is { Length: > 0 } password) yield return ("PGPASSWORD", password);
        if (c.Passfile is { Length: > 0 } passfile) yield return ("PGPASSFILE", passfile);
        if (c.Database is { Length: > 0 } database) yield return ("PGDATABASE", database);
        if (c.RootCertificate is { Length: > 0 } root) yield return ("PGSSLROOTCERT", root);
        yield return ("PGSSLMODE", Mode(c.SslMode));
        yield return ("PGCONNECT_TIMEOUT", "15");
    }

    private static string Mode(SslMode mode) => mode switch
    {
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
