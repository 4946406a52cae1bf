using Irori.Core.Installation;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The address of this installation for who asks: the configured one, or the one that was asked.</summary>
internal sealed class OwnAddress(PublicAddress configured)
{
    /// <summary>A host name or IP address, without brackets.</summary>
    public string Host(HttpContext context)
    {
        if (configured.Host.Length > 0) return configured.Host;
        var asked = context.Request.Host.Host.Trim('[', ']');
        return asked.Length > 0 ? asked : Local(context) ?? "localhost";
    }

    /// <summary>The port of the scheme that was asked; on a listener for old devices, that of the listener.</summary>
    public int Port(HttpContext context)
    {
        var port = context.Request.IsHttps ? configured.HttpsPort : configured.HttpPort;
        if (port != 0 && context.Features.Get<OldListener>() is null) return port;
        return context.Request.Host.Port ?? (context.Request.IsHttps ? 443 : 80);
    }

    /// <summary>Scheme, host and port, without a slash behind them.</summary>
    public string Origin(HttpContext context)
    {
        var host = Host(context);
        return $"{context.Request.Scheme}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{Port(context)}";
    }

    /// <summary>This end of the connection; the listener of both families says IPv4 addresses in IPv6.</summary>
    public static string? Local(HttpContext context) => context.Connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } mapped
        ? mapped.MapToIPv4().ToString()
        : context.Connection.LocalIpAddress?.ToString();
}
