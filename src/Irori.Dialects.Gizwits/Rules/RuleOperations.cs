using Irori.Core;
using Irori.Core.Products;
using Irori.Core.Scenes;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Rules;

/// <summary>
/// Rules of a person (Gizwits Open API, device linkage). The document has no code for a rule that is not there, or is somebody else's; it is answered as a form that is
/// invalid.
/// </summary>
internal sealed class RuleOperations(SceneService scenes, RuleReader reader, ProductService products, ProductKeys keys)
{
    private const string Section = "Device linkage";
    private const int MaxKeys = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<RuleParamsRequest, IReadOnlyDictionary<string, IReadOnlyList<RuleParam>>>(
            routes, new OperationInfo("GET", "/app/rules/params", Access.User, "listRuleVariables", Section, "Lists data points usable in rules."), ParamsAsync);
        Operations.Map<PageRequest, RulesAnswer>(routes, new OperationInfo("GET", "/app/rules", Access.User, "listRules", Section, "Lists the user's rules."), ListAsync);
        Operations.Map<CreateRuleRequest, RuleIdAnswer>(
            routes, new OperationInfo("POST", "/app/rules", Access.User, "createRule", Section, "Creates a linkage rule."), CreateAsync);
        Operations.Map<RuleIdRequest, RuleIdAnswer>(
            routes, new OperationInfo("DELETE", "/app/rules/{rule_id}", Access.User, "deleteRule", Section, "Deletes a rule.") { NotFound = GizwitsFaults.FormInvalid }, DeleteAsync);
        Operations.Map<UpdateRuleRequest, RuleIdAnswer>(
            routes, new OperationInfo("PUT", "/app/rules/{rule_id}", Access.User, "updateRule", Section, "Replaces a rule.") { NotFound = GizwitsFaults.FormInvalid }, UpdateAsync);
    }

    private async Task<Result<IReadOnlyDictionary<string, IReadOnlyList<RuleParam>>>> ParamsAsync(Caller caller, RuleParamsRequest request, CancellationToken cancel)
    {
        var asked = (request.ProductKey ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (asked.Count > MaxKeys) return Fault.Invalid("product_key", $"product_key has at most {MaxKeys} keys");
        var answer = new Dictionary<string, IReadOnlyList<RuleParam>>(StringComparer.Ordinal);
        if (asked.Count == 0)
        {
            foreach (var product in await products.ListSeenAsync(caller.App, cancel)) answer[ProductKeys.Of(product)] = ParamsOf(product);
            return answer;
        }

        // What is not the app's is passed over.
        foreach (var key in asked)
            if ((await keys.FindAsync(caller, key, cancel)).Try(out var product, out _)) answer[key] = ParamsOf(product);
        return answer;
    }

    private async Task<Result<RulesAnswer>> ListAsync(Caller caller, PageRequest request, CancellationToken cancel)
    {
        if (!Pages.Read(request.Limit, request.Skip).Try(out var page, out var fault)) return fault;
        return (await scenes.ListAsync(caller.Person, RuleReader.Family, homeId: null, page.Skip, page.Limit, cancel)).Try(out var found, out fault)
            ? new RulesAnswer([.. found.Select(RuleAnswer.Of)])
            : fault;
    }

    private async Task<Result<RuleIdAnswer>> CreateAsync(Caller caller, CreateRuleRequest request, CancellationToken cancel)
    {
        if (!(await reader.ReadAsync(caller.Person, request, cancel)).Try(out var wanted, out var fault)) return fault;
        return (await scenes.CreateAsync(caller.Person, wanted, cancel)).Try(out var made, out fault) ? new RuleIdAnswer(made.No) : fault;
    }

    private async Task<Result<RuleIdAnswer>> DeleteAsync(Caller caller, RuleIdRequest request, CancellationToken cancel)
    {
        if (!(await scenes.FindAsync(caller.Person, RuleReader.Family, request.RuleId, cancel)).Try(out var known, out var fault)) return fault;
        return (await scenes.DeleteAsync(caller.Person, RuleReader.Family, known.Id, cancel)).Fault is { } gone ? gone : new RuleIdAnswer(request.RuleId);
    }

    private async Task<Result<RuleIdAnswer>> UpdateAsync(Caller caller, UpdateRuleRequest request, CancellationToken cancel)
    {
        if (!(await scenes.FindAsync(caller.Person, RuleReader.Family, request.RuleId, cancel)).Try(out var known, out var fault)) return fault;
        if (!(await reader.ReadAsync(caller.Person, request, cancel)).Try(out var wanted, out fault)) return fault;
        return (await scenes.ChangeAsync(caller.Person, known.Id, wanted with { Enabled = known.Enabled }, cancel)).Fault is { } refused ? refused : new RuleIdAnswer(request.RuleId);
    }

    private static IReadOnlyList<RuleParam> ParamsOf(ProductView product) => [.. DatapointList.Of(product).Points.Select(RuleParam.Of)];
}
