using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Limits;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>
/// Codes to phones, with a picture before them or without (Gizwits Open API, user management). A code is good for as long and as often as every code here,
/// which is less than the 24 hours of the document.
/// </summary>
internal sealed class CodeOperations(AccountService accounts, CodeService codes, CaptchaService captchas, CallLimiter limits, OwnAddress address)
{
    private const string Section = "User management";
    private const string PicturePath = "/app/captcha/image/";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<SmsCodeRequest, Nothing>(
            routes, new OperationInfo("POST", "/app/sms_code", Access.AppToken, "sendOrCheckSmsCode", Section, "Sends an SMS code or verifies one."), SmsAsync);
        Operations.Map<EmptyRequest, CaptchaAnswer>(
            routes, new OperationInfo("GET", "/app/verify/codes", Access.AppToken, "getCaptcha", Section, "Returns an image captcha."), GetAsync);
        Operations.Map<CaptchaRequest, Nothing>(
            routes,
            new OperationInfo("POST", "/app/verify/codes", Access.AppToken, "verifyCaptchaAndSendSms", Section, "Checks the captcha and sends an SMS code.")
            {
                Success = StatusCodes.Status201Created,
            },
            AnswerAsync);
        Operations.Map<CheckCodeRequest, Nothing>(
            routes, new OperationInfo("PUT", "/app/verify/codes", Access.AppToken, "verifySmsCode", Section, "Checks an SMS code."),
            (_, request, cancel) => CheckAsync(request.Phone, request.SmsCode, cancel));
        routes.MapGet($"{PicturePath}{{picture}}", ShowAsync).ExcludeFromDescription();
    }

    private async Task<Result<Nothing>> SmsAsync(Caller caller, SmsCodeRequest request, CancellationToken cancel) =>
        request.Code is { } code ? await CheckAsync(request.Phone, code, cancel) : await SendAsync(request.Phone, cancel);

    private async Task<Result<CaptchaAnswer>> GetAsync(Caller caller, EmptyRequest request, CancellationToken cancel) =>
        (await captchas.MakeAsync(cancel)).Try(out var made, out var fault)
            ? new CaptchaAnswer($"{address.Origin(caller.Http)}{PicturePath}{made.Picture}", made.Id)
            : fault;

    private async Task<Result<Nothing>> AnswerAsync(Caller caller, CaptchaRequest request, CancellationToken cancel)
    {
        if (GizwitsLogins.Phone(request.Phone).Fault is { } wrong) return wrong;
        return (await captchas.AnswerAsync(request.CaptchaId, request.CaptchaCode, cancel)).Fault is { } fault ? fault : await SendAsync(request.Phone, cancel);
    }

    private async Task<Result<Nothing>> SendAsync(string phone, CancellationToken cancel)
    {
        if (!GizwitsLogins.Phone(phone).Try(out var login, out var wrong)) return wrong;
        return (await accounts.SendCodeAsync(login, CodePurpose.Open, cancel)).Fault switch
        {
            null => Nothing.Value,
            { Kind: FaultKind.Unavailable } unsent => unsent with { Field = GizwitsFields.Sms },
            var fault => fault,
        };
    }

    private async Task<Result<Nothing>> CheckAsync(string phone, string code, CancellationToken cancel)
    {
        if (!GizwitsLogins.Phone(phone).Try(out var login, out var wrong)) return wrong;
        return (await codes.SpendAsync(login, CodePurpose.Open, code, cancel)).Fault is { } fault ? fault : Nothing.Value;
    }

    private async Task ShowAsync(HttpContext context)
    {
        if (limits.From(context.Connection.RemoteIpAddress, "captchaPicture") is { } crowded)
        {
            await Operations.FailAsync(context, GizwitsFaults.Throttled, crowded);
            return;
        }

        if (captchas.Read((string)context.Request.RouteValues["picture"]!) is not { } text)
        {
            await Operations.FailAsync(context, GizwitsFaults.CodeInvalid, new Fault(FaultKind.WrongCode, "There is no such picture, or no longer"));
            return;
        }

        var picture = CaptchaPicture.Draw(text, (string)context.Request.RouteValues["picture"]!);
        context.Response.ContentType = "image/png";
        context.Response.ContentLength = picture.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(picture, context.RequestAborted);
    }
}
