using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Projects;
using Irori.Server.Accounts;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>What a sign-in says.</summary>
internal sealed record SignInBody(string? Login, string? Password);

/// <summary>Who is signed in. <paramref name="Outbox"/>: there is a development outbox to look at.</summary>
internal sealed record Me(string Id, string Name, string? Email, string? Phone, bool Operator, bool Outbox);

/// <summary>Signing in and out.</summary>
internal sealed class SessionApi(
    AccountService accounts, SessionService sessions, AppService apps, DeviceInspector operators, DevelopmentOutbox? outbox = null)
{
    public async Task<Result<Me>> SignInAsync(HttpContext context)
    {
        if (!(await ConsoleInput.BodyAsync(context, ConsoleJson.Default.SignInBody)).Try(out var body, out var fault)) return fault;
        if (body.Login is null) return Fault.Invalid("login", "login is missing");
        if (body.Password is null) return Fault.Invalid("password", "password is missing");
        if (!Login.Parse(body.Login).IsOk) return Fault.Invalid("login", "login must be an e-mail address, or a phone number such as +4915112345678");
        if (!(await apps.FindAsync(ConsoleApp.Id, ConsoleApp.Dialect, context.RequestAborted)).Try(out var app, out fault)) return fault;
        var signedIn = await accounts.SignInAsync(
            Login.Parse(body.Login).Value, body.Password, lang: null, app, ConsoleEndpoint.Ip(context), context.RequestAborted);
        if (!signedIn.Try(out var opened, out fault)) return Blurred(fault);
        ConsoleCookie.Write(context, opened.Tokens.Access, opened.Tokens.AccessUntil);
        return await MeAsync(context, opened.Principal);
    }

    public async Task<Result<Me>> MeAsync(HttpContext context, Principal who)
    {
        var account = who.Account;
        var operates = (await operators.CheckAsync(who, context.RequestAborted)).IsOk;
        var name = account.Nickname.Length > 0 ? account.Nickname : account.Email ?? account.Phone ?? account.Id;
        return new Me(account.Id, name, account.Email, account.Phone, operates, operates && outbox is not null);
    }

    public async Task<Result<Done>> SignOutAsync(HttpContext context, Principal who)
    {
        var ended = await sessions.EndAsync(who, context.RequestAborted);
        if (ended.IsOk) ConsoleCookie.Clear(context);
        return ended;
    }

    // The console does not tell which logins exist.
    private static Fault Blurred(Fault fault) => fault.Kind is FaultKind.NoSuchAccount or FaultKind.WrongPassword
        ? new Fault(FaultKind.WrongPassword, "Login or password is wrong")
        : fault;
}
