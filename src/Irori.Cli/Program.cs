using System.CommandLine;
using Irori.Cli;
using Irori.Cli.Admin;
using Irori.Cli.Pairing;

var root = new RootCommand("Irori: one self-hosted cloud for the devices of a home.");
root.Subcommands.Add(RunCommand.Create());
root.Subcommands.Add(ConfigCommand.Create());
root.Subcommands.Add(AdminGroup.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(MoveCommand.Create());
root.Subcommands.Add(StatusCommand.Create());
root.Subcommands.Add(PairCommand.Create());
root.Subcommands.Add(SimulateCommand.Create());
root.Subcommands.Add(BenchCommand.Create());
root.Subcommands.Add(ChaosCommand.Create());
return await CommandLine.RunAsync(root, args);
