using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Dialects.CoolKit;

/// <summary>CoolKit (eWeLink), as its apps and devices speak it.</summary>
public static class CoolKitDialect
{
    /// <summary>Name of the dialect in Core.</summary>
    public const string Name = "coolkit";

    /// <summary>Registers the dialect.</summary>
    public static IServiceCollection AddCoolKit(this IServiceCollection services) => services;

    /// <summary>Maps its addresses.</summary>
    public static void MapCoolKit(this IEndpointRouteBuilder routes) => _ = routes;
}
