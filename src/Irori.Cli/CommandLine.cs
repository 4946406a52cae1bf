using System.CommandLine;
using Irori.Core;
using Irori.Server.Backup;
using Irori.Server.Settings;
using Irori.Storage.Move;

namespace Irori.Cli;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>It could not be done.</summary>
    public const int Failed = 1;

    /// <summary>It was asked or configured wrongly.</summary>
    public const int Wrong = 2;
}

/// <summary>Runs a command and turns what went wrong into sentences and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; what the operator can correct is said in sentences, without a stack trace.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args, Streams? streams = null, CancellationToken cancel = default)
    {
        ExampleCommand.TeachBy(root);
        var parsed = root.Parse(args);
        var configuration = streams ?? new Streams();
        try
        {
            var code = await parsed.InvokeAsync(configuration, cancel);
            return parsed.Errors.Count > 0 ? ExitCode.Wrong : code;
        }
        catch (StartupException e)
        {
            foreach (var mistake in e.Mistakes) await configuration.Error.WriteLineAsync(mistake);
            return ExitCode.Wrong;
        }
        catch (CliException e)
        {
            await configuration.Error.WriteLineAsync(e.Message);
            return e.Code;
        }
        catch (Exception e) when (e is BackupException or MoveException)
        {
            await configuration.Error.WriteLineAsync(e.Message);
            return ExitCode.Failed;
        }
        catch (UnavailableException e)
        {
            await configuration.Error.WriteLineAsync($"The database cannot answer: {(e.InnerException ?? e).Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }
}

/// <summary>A command could not do what it was asked; the message is a sentence for the operator.</summary>
internal sealed class CliException(string message, int code = ExitCode.Failed) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int Code => code;

    /// <summary>The sentence of a fault.</summary>
    public static CliException Of(Fault fault) => new(fault.Reason.EndsWith('.') ? fault.Reason : fault.Reason + ".");
}

/// <summary>Where a call reads and writes.</summary>
internal sealed class Streams : InvocationConfiguration
{
    public Streams()
    {
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30);
    }

    /// <summary>Standard input.</summary>
    public TextReader Input { get; init; } = Console.In;

    /// <summary>The input of a call.</summary>
    public static TextReader InputOf(ParseResult call) => call.InvocationConfiguration is Streams streams ? streams.Input : Console.In;
}
