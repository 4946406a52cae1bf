using System.Text.Json.Nodes;
using Irori.Chaos.Actors;
using Irori.Core.Commands;
using Irori.Storage;

namespace Irori.Chaos.Checks;

/// <summary>Nothing is recorded or answered that the device did not say, and nothing switches twice or late.</summary>
internal static class CommandCheck
{
    /// <summary>Answers what is wrong.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IroriDatabase database, Crew crew, ChaosOptions options, bool clocksAgree, CancellationToken cancel)
    {
        var wrong = new List<string>();
        var asked = crew.App.Commands.ToLookup(c => c.Device);
        foreach (var device in crew.Devices)
        {
            var records = new Dictionary<long, CommandRecord>();
            foreach (var record in await Truth.CommandsAsync(database, device, cancel))
                if (!records.TryAdd((long)JsonNode.Parse(record.Body)![Device.Commanded]!, record)) wrong.Add($"{device.Made.Id}: a command is recorded twice: {record.Body}");
            var points = (await Truth.PointsAsync(database, device, Device.Commanded, cancel)).GroupBy(n => n).ToDictionary(g => g.Key, g => g.Count());
            foreach (var (number, record) in records) Recorded(number, record);
            foreach (var command in asked[device]) Answered(command);
            foreach (var (number, seen) in device.Commands) Carried(number, [.. seen], records.GetValueOrDefault(number));
            foreach (var (number, count) in points.Where(p => p.Value > 1)) wrong.Add($"{device.Made.Id}: the change of command {number} is in the history {count} times");

            void Recorded(long number, CommandRecord record)
            {
                if (record.Outcome == CommandOutcome.Acknowledged && !device.Answered.GetValueOrDefault(number))
                    wrong.Add($"{device.Made.Id}: command {number} is recorded as acknowledged, and the device did not say so");
                if (record.Outcome == CommandOutcome.Rejected && device.Answered.GetValueOrDefault(number, true))
                    wrong.Add($"{device.Made.Id}: command {number} is recorded as refused, and the device did not say so");
                if (record.Outcome == CommandOutcome.Acknowledged && !points.ContainsKey(number))
                    wrong.Add($"{device.Made.Id}: command {number} is recorded as acknowledged, and what it changed is not in the history");
            }

            void Answered(Asked command)
            {
                if (command.Error != 0) return;
                if (!device.Answered.GetValueOrDefault(command.Number)) wrong.Add($"{device.Made.Id}: command {command.Number} was answered as done, and the device did not say so");
                if (records.GetValueOrDefault(command.Number)?.Outcome != CommandOutcome.Acknowledged) wrong.Add($"{device.Made.Id}: command {command.Number} was answered as done, and is not recorded so");
            }

            // A request may lie before a node that stands still: the deadline begins when the node takes it, which its record says.
            void Carried(long number, Seen[] seen, CommandRecord? record)
            {
                if (seen.Length > 1) wrong.Add($"{device.Made.Id}: command {number} came {seen.Length} times");
                var sent = asked[device].FirstOrDefault(c => c.Number == number);
                if (sent is null) return;
                var late = seen[0].At - sent.At - CommandService.DefaultDeadline - options.Slack;
                var lateByRecord = record is not null && clocksAgree ? seen[0].Wall - record.Deadline.ToUnixTimeMilliseconds() - options.Slack.TotalMilliseconds : 1;
                if (late > TimeSpan.Zero && lateByRecord > 0) wrong.Add($"{device.Made.Id}: command {number} came {(late + options.Slack).TotalSeconds:F1} s after its deadline");
            }
        }

        return wrong;
    }
}
