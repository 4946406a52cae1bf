using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Server.Console;

internal static class ConsoleApi
{
    public static IServiceCollection AddConsole(this IServiceCollection services) => services;

    public static void MapConsole(this IEndpointRouteBuilder routes) { }
}
