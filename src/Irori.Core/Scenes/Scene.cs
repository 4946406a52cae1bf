using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Core.Scenes;

/// <summary>How a scene comes to run. The names are stored.</summary>
public enum SceneKind
{
    /// <summary>Somebody asks for it.</summary>
    Manual,

    /// <summary>By itself, by its <see cref="Scenes.Rule"/>.</summary>
    Automatic,
}

/// <summary>A scene: a plan that runs when somebody asks for it, or by a rule.</summary>
public sealed class Scene
{
    /// <summary>Internal key, and the number that dialects show whose rules have one.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required long Account { get; init; }

    /// <summary>The home in whose list it stands, or null.</summary>
    public long? Home { get; init; }

    /// <summary>Id of the app through which it was made.</summary>
    public required string App { get; init; }

    /// <summary>The dialect's list in which it stands; other lists do not show it.</summary>
    public required string Family { get; init; }

    /// <summary>How it comes to run.</summary>
    public required SceneKind Kind { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it may run by itself.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>False when a device of its rule is not visible to the person any more: then it does not run by itself.</summary>
    public bool Valid { get; init; } = true;

    /// <summary>Why it is not valid.</summary>
    public string? Reason { get; init; }

    /// <summary>JSON of the rule; of a manual scene one without triggers.</summary>
    public required string Rule { get; init; }

    /// <summary>What it does, JSON of <see cref="Schedules.Plan"/>.</summary>
    public required string Plan { get; init; }

    /// <summary>What the dialect that made it was given, JSON: it answers that again.</summary>
    public string Original { get; init; } = "{}";

    /// <summary>When it last ran by itself.</summary>
    public DateTimeOffset? FiredAt { get; init; }

    /// <summary>Made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Last changed.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>The rule; null: it cannot be followed.</summary>
    public Rule? TryReadRule()
    {
        try
        {
            return JsonSerializer.Deserialize(Rule, SceneJson.Default.Rule) is { } rule && rule.Check() is null ? rule : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Whether it rests at a moment: what was before its interval is over sets nothing off, also if it is looked at after it.</summary>
    public bool Rests(Rule rule, DateTimeOffset at) => rule.Interval > 0 && FiredAt is { } fired && at < fired.AddSeconds(rule.Interval);
}

/// <summary>What a scene has to do with a device. The names are stored.</summary>
public enum SceneUse
{
    /// <summary>It sets the scene off.</summary>
    Trigger,

    /// <summary>Its values are compared.</summary>
    Condition,

    /// <summary>It is commanded.</summary>
    Action,
}

/// <summary>A device that a scene has to do with.</summary>
public readonly record struct SceneRef(long Device, SceneUse Use);

/// <summary>Storage of scenes.</summary>
public interface ISceneStore
{
    /// <summary>Adds a scene with its devices, whose watch follows.</summary>
    Task<long> AddAsync(Scene scene, IReadOnlyCollection<SceneRef> refs);

    /// <summary>Replaces all of a scene but whose it is, its family and when it was made.</summary>
    Task ChangeAsync(Scene scene, IReadOnlyCollection<SceneRef> refs);

    /// <summary>Lets a scene run by itself or no longer.</summary>
    Task SetEnabledAsync(long scene, bool enabled, DateTimeOffset now);

    /// <summary>Says that a scene cannot run by itself any more, and why.</summary>
    Task SetInvalidAsync(long scene, string reason);

    /// <summary>Says when a scene ran by itself.</summary>
    Task SetFiredAsync(long scene, DateTimeOffset at);

    /// <summary>An account's scene by its id, of any family; locked until the unit of work ends.</summary>
    Task<Scene?> LockAsync(long account, string id);

    /// <summary>An account's scene by its id, of any family, or null.</summary>
    Task<Scene?> FindAsync(long account, string id);

    /// <summary>An account's scene by its number, or null.</summary>
    Task<Scene?> FindAsync(long account, long number);

    /// <summary>An account's scenes of a family and perhaps of a home, oldest first.</summary>
    Task<IReadOnlyList<Scene>> ListAsync(long account, string family, long? home, int skip, int limit);

    /// <summary>How many scenes of a family an account has.</summary>
    Task<int> CountAsync(long account, string family);

    /// <summary>How many scenes a device sets off.</summary>
    Task<int> CountTriggeredAsync(long device);

    /// <summary>The scenes that a device sets off, which may run by themselves; locked until the unit of work ends.</summary>
    Task<IReadOnlyList<Scene>> TriggeredByAsync(long device);

    /// <summary>Removes a scene with its timers and the schedules of it; its runs stay until their retention ends.</summary>
    Task RemoveAsync(long scene);

    /// <summary>An account has lost a device: rules with it are not valid any more.</summary>
    Task LoseAsync(long account, long device, string reason);

    /// <summary>An account's scenes of a home become those of another, or of none.</summary>
    Task MoveAsync(long account, long home, long? to);

    /// <summary>Removes all scenes of an account.</summary>
    Task RemoveAllAsync(long account);

    /// <summary>Notes that runs which something set off command devices, by id, and how many led to one another before: what they do next, until a time, comes of it.</summary>
    Task ChainAsync(IReadOnlyDictionary<string, int> depths, TimeSpan during);

    /// <summary>How many runs led to one another before what a device does at this moment; 0: nothing is known of any.</summary>
    Task<int> DepthAsync(long device, DateTimeOffset at);
}

/// <summary>Stored forms of scenes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Rule))]
[JsonSerializable(typeof(Dictionary<string, Change>))]
internal sealed partial class SceneJson : JsonSerializerContext;
