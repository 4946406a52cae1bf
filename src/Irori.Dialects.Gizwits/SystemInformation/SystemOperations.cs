using System.Reflection;
using Irori.Core;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.SystemInformation;

/// <summary>The service's version and its errors (Gizwits Open API, system information).</summary>
internal static class SystemOperations
{
    private const string Section = "System information";

    private static readonly string Version =
        typeof(SystemOperations).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<EmptyRequest, StatusAnswer>(
            routes, new OperationInfo("GET", "/status", Access.App, "getStatus", Section, "Returns the service version."),
            (_, _, _) => Task.FromResult<Result<StatusAnswer>>(new StatusAnswer(new StatusData(Version))));
        Operations.Map<EmptyRequest, IReadOnlyList<ErrorEntry>>(
            routes, new OperationInfo("GET", "/errors", Access.App, "listErrors", Section, "Returns all error codes."),
            (_, _, _) => Task.FromResult(Result.Of(ErrorTable.All)));
    }
}

/// <summary>The answer of /status.</summary>
internal sealed record StatusAnswer(StatusData Status);

/// <summary>The version of this program.</summary>
internal sealed record StatusData(string Version);
