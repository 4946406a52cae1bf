using System.Text.Json;
using Irori.Core;
using Irori.Core.Groups;
using Irori.Core.Products;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Scenes;

/// <summary>Scenes of a person (Gizwits Open API, user scenes). One of somebody else is not found.</summary>
internal sealed class SceneOperations(SceneService scenes, ActionReader actions, GroupMembers groups, ProductService products)
{
    /// <summary>The list in which they stand.</summary>
    public const string Family = "gizwits.scene";

    private const string Section = "User scenes";
    private const int MaxDelay = 3_600;

    private static readonly RawJson Empty = new("{}");

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<EmptyRequest, IReadOnlyList<SceneAnswer>>(
            routes, new OperationInfo("GET", "/app/scene", Access.User, "listScenes", Section, "Lists the user's scenes."), ListAsync);
        Operations.Map<CreateSceneRequest, SceneIdAnswer>(
            routes, new OperationInfo("POST", "/app/scene", Access.User, "createScene", Section, "Creates a scene."), CreateAsync);
        Operations.Map<SceneIdRequest, Nothing>(
            routes, Info("DELETE", "/app/scene/{id}", "deleteScene", "Deletes a scene."),
            async (caller, request, cancel) => (await scenes.DeleteAsync(caller.Person, Family, request.Id, cancel)).Fault is { } fault ? fault : Nothing.Value);
        Operations.Map<UpdateSceneRequest, Nothing>(routes, Info("PUT", "/app/scene/{id}", "updateScene", "Changes a scene."), UpdateAsync);
        Operations.Map<SceneIdRequest, SceneStatusAnswer>(routes, Info("GET", "/app/scene/{id}/task", "getSceneStatus", "Returns the execution state of a scene."), StatusAsync);
        Operations.Map<SceneIdRequest, Nothing>(
            routes, Info("POST", "/app/scene/{id}/task", "runScene", "Starts a scene."),
            async (caller, request, cancel) => (await scenes.RunAsync(caller.Person, Family, request.Id, cancel)).Fault is { } fault ? fault : Nothing.Value);
    }

    private static OperationInfo Info(string method, string path, string name, string summary) =>
        new(method, path, Access.User, name, Section, summary) { NotFound = GizwitsFaults.SceneNotFound };

    private async Task<Result<IReadOnlyList<SceneAnswer>>> ListAsync(Caller caller, EmptyRequest request, CancellationToken cancel)
    {
        if (!(await scenes.ListAsync(caller.Person, Family, homeId: null, skip: 0, SceneService.MaxPerFamily, cancel)).Try(out var found, out var fault)) return fault;
        var written = found.ToDictionary(s => s.Id, Read, StringComparer.Ordinal);
        var tasks = written.Values.SelectMany(w => w.Tasks).ToList();
        var devices = await actions.DevicesAsync(caller.Person, tasks.Select(t => t.Did).OfType<string>(), cancel);
        var named = tasks.Exists(t => t.GroupId is not null) ? (await groups.ListAsync(caller.Person, cancel)).ToDictionary(g => g.Id, StringComparer.Ordinal) : [];
        var answers = new List<SceneAnswer>(found.Count);
        foreach (var scene in found)
        {
            var shown = new List<SceneTaskAnswer>();
            foreach (var task in written[scene.Id].Tasks) shown.Add(await ShowAsync(task, devices, named, cancel));
            answers.Add(new SceneAnswer(scene.Id, scene.Name, written[scene.Id].Remark, Times.Iso(scene.Created), Times.Iso(scene.Updated), shown));
        }

        return answers;
    }

    private async Task<Result<SceneIdAnswer>> CreateAsync(Caller caller, CreateSceneRequest request, CancellationToken cancel)
    {
        if (request.Written() is not { } tasks) return Fault.Invalid("tasks", "tasks is missing");
        if (!(await WantedAsync(caller.Person, request.SceneName, new SceneWritten(request.Remark ?? "", tasks), cancel)).Try(out var wanted, out var fault)) return fault;
        return (await scenes.CreateAsync(caller.Person, wanted, cancel)).Try(out var made, out fault) ? new SceneIdAnswer(made.Id) : fault;
    }

    private async Task<Result<Nothing>> UpdateAsync(Caller caller, UpdateSceneRequest request, CancellationToken cancel)
    {
        if (!(await scenes.FindAsync(caller.Person, Family, request.Id, cancel)).Try(out var known, out var fault)) return fault;
        if (request.Written() is not { } tasks) return Fault.Invalid("tasks", "tasks is missing");
        if (!(await WantedAsync(caller.Person, request.SceneName, new SceneWritten(request.Remark ?? Read(known).Remark, tasks), cancel)).Try(out var wanted, out fault)) return fault;
        return (await scenes.ChangeAsync(caller.Person, request.Id, wanted, cancel)).Fault is { } refused ? refused : Nothing.Value;
    }

    private async Task<Result<SceneStatusAnswer>> StatusAsync(Caller caller, SceneIdRequest request, CancellationToken cancel)
    {
        if (!(await scenes.TaskAsync(caller.Person, Family, request.Id, cancel)).Try(out var task, out var fault)) return fault;
        return new SceneStatusAnswer(task?.State switch
        {
            RunState.Pending or RunState.Sent => 0,
            RunState.Done => 1,
            null => 3,
            _ => 2,
        });
    }

    private async Task<Result<NewScene>> WantedAsync(Principal who, string name, SceneWritten written, CancellationToken cancel)
    {
        if (written.Tasks.Count > Plan.MaxSteps) return Fault.Invalid("tasks", $"tasks has at most {Plan.MaxSteps} entries");
        var devices = await actions.DevicesAsync(who, written.Tasks.Select(t => t.Did).OfType<string>(), cancel);
        var steps = new List<Step>(written.Tasks.Count);
        foreach (var task in written.Tasks)
        {
            if (!(await StepAsync(who, task, devices, cancel)).Try(out var step, out var fault)) return fault;
            steps.Add(step);
        }

        // One without tasks is kept as well: it waits for nothing.
        if (steps.Count == 0) steps.Add(Step.Delay(0));
        return new NewScene(Family, SceneKind.Manual, name, Plan.Of(steps)) { Original = JsonSerializer.Serialize(written, GizwitsJson.TypeOf<SceneWritten>()) };
    }

    private async Task<Result<Step>> StepAsync(Principal who, SceneTask task, IReadOnlyDictionary<string, ActionDevice> devices, CancellationToken cancel)
    {
        if (task.TaskType == "delay") return task.Time is >= 0 and <= MaxDelay ? Step.Delay(task.Time.Value) : Fault.Invalid("time", $"time is 0 to {MaxDelay} seconds");
        if (!ActionReader.Base64(task.Raw).Try(out var raw, out var fault)) return fault;
        var attrs = raw is not null && task.Attrs is { ValueKind: JsonValueKind.Object } named && !named.EnumerateObject().Any() ? null : task.Attrs;
        switch (task.TaskType)
        {
            case "device":
                if (task.Did is null || !devices.TryGetValue(task.Did, out var device)) return ActionReader.NoDevice;
                return AttributeValues.FromBase64(device.Product, attrs).Try(out var own, out fault) ? device.Command(own, raw) : fault;
            case "group":
                if (!(await actions.GroupAsync(who, task.GroupId ?? "", cancel)).Try(out var group, out fault)) return fault;
                return AttributeValues.FromBase64(group.Product, attrs).Try(out var all, out fault) ? group.Command(all, raw) : fault;
            default:
                return Fault.Invalid("task_type", "task_type is delay, device or group");
        }
    }

    private async Task<SceneTaskAnswer> ShowAsync(SceneTask task, IReadOnlyDictionary<string, ActionDevice> devices, IReadOnlyDictionary<string, Group> named, CancellationToken cancel)
    {
        var device = task.Did is { } did ? devices.GetValueOrDefault(did) : null;
        var group = task.GroupId is { } id ? named.GetValueOrDefault(id) : null;
        var product = device?.Product ?? (group?.Product is { } no ? await products.GetAsync(no, cancel) : null);
        return new SceneTaskAnswer
        {
            TaskType = task.TaskType!,
            Did = task.Did ?? "",
            ProductKey = product is null ? "" : ProductKeys.Of(product),
            GroupId = task.GroupId ?? "",
            GroupName = group?.Name ?? "",
            Raw = task.Raw ?? "",
            Attrs = task.Attrs is { ValueKind: JsonValueKind.Object } attrs ? new RawJson(attrs.GetRawText()) : Empty,
            DevRemark = device?.Device.Remark ?? "",
            DevAlias = device?.Device.Name ?? "",
            VerboseName = product?.Product.Name ?? "",
            Time = task.Time ?? 0,
        };
    }

    private static SceneWritten Read(Scene scene) => JsonSerializer.Deserialize(scene.Original, GizwitsJson.TypeOf<SceneWritten>())!;
}
