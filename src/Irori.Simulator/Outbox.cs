using System.Text.Json.Nodes;

namespace Irori.Simulator;

/// <summary>One report on its way. It keeps its number for as often as it is sent.</summary>
/// <param name="Number">Its <c>d_seq</c>.</param>
/// <param name="Params">What it says.</param>
internal sealed record Report(long Number, JsonObject Params)
{
    /// <summary>The same as text.</summary>
    public string Json { get; } = Params.ToJsonString();

    /// <summary>How often it was sent.</summary>
    public int Sends { get; set; }

    /// <summary>Ends when the server has answered it, or it was given up.</summary>
    public required TaskCompletionSource Over { get; init; }
}

/// <summary>
/// The state of a device and what of it the server has yet to hear. One report is on its way at a time; what changes meanwhile waits for the
/// next one, each property once, so that nothing grows while the server is away.
/// </summary>
internal sealed class Outbox(JsonObject state, Func<long> number)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _unsaid = new(StringComparer.Ordinal);
    private readonly Latch _something = new();
    private TaskCompletionSource _over = NewOver();

    /// <summary>The report that is on its way, also while the connection is down.</summary>
    public Report? Current { get; private set; }

    /// <summary>A copy of the state.</summary>
    public JsonObject Snapshot()
    {
        lock (_lock) return state.DeepClone().AsObject();
    }

    /// <summary>Takes a command's parameters. They are not reported: the answer to the command says it.</summary>
    public void Obey(JsonObject change)
    {
        lock (_lock) Params.Merge(state, change);
    }

    /// <summary>Changes the state by the device's own doing.</summary>
    /// <returns>Ends when the server has answered the report of it; at once when there is nothing to report.</returns>
    public Task Change(Func<JsonObject, IReadOnlyCollection<string>> change)
    {
        lock (_lock)
        {
            _unsaid.UnionWith(change(state));
            if (_unsaid.Count == 0) return Task.CompletedTask;
            _something.Set();
            return _over.Task;
        }
    }

    /// <summary>The next report says everything.</summary>
    public void SayEverything() => _ = Change(s => [.. s.Select(p => p.Key)]);

    /// <summary>The report on its way, or the next one as soon as there is something to say.</summary>
    public async Task<Report> NextAsync(CancellationToken cancel)
    {
        if (Current is { } current) return current;
        await _something.WaitAsync(cancel);
        lock (_lock)
        {
            var report = new Report(number(), new JsonObject(_unsaid.Select(name => KeyValuePair.Create(name, state[name]?.DeepClone())))) { Over = _over };
            _over = NewOver();
            _unsaid.Clear();
            _something.Reset();
            Current = report;
            return report;
        }
    }

    /// <summary>The report on its way has come to its end.</summary>
    public void Finish(Report report)
    {
        Current = null;
        report.Over.TrySetResult();
    }

    private static TaskCompletionSource NewOver() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
