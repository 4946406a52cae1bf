using Irori.Core.Projects;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Who may call what, for every operation of the OpenAPI documents of v2 and v1.</summary>
public abstract class AuthorizationContract(HouseFixture fixture)
{
    // The vendor's published example.
    private const string PublishedSecret = "OdPuCZ4PkPPi0rVKRVcGmll2NM6vVk0c";

    private CoolKitHouse House { get; } = fixture.House;

    public static TheoryData<string> Operations => [.. Operation.All.Keys];

    public static TheoryData<string> OperationsOfV2 => [.. Operation.OfV2.Keys];

    public static TheoryData<string> SignedOperations => [.. Operation.All.Values.Where(o => o.TakesSignature).Select(o => o.Id)];

    public static TheoryData<string> TokenOperations => [.. Operation.All.Values.Where(o => o.TakesToken).Select(o => o.Id)];

    [Fact]
    public void The_document_has_the_operations_of_this_release()
    {
        (Operation.OfV2.Count, Operation.OfV1.Count).ShouldBe((50, 23));
        Operation.All.Values.Where(o => o is { TakesSignature: true, TakesToken: true }).Select(o => o.Id).ShouldBe(["sendVerificationCode", "refreshTokens", "refreshTokensV1"]);
        Operation.All.Values.Where(o => o.TakesOldToken).Select(o => o.Id).ShouldBe(["refreshTokens", "refreshTokensV1"]);
        Operation.All.Values.Where(o => o.FailsByCode).Select(o => o.Id).ShouldBe(["addDeviceV1", "addGsmDeviceV1"]);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Without_authorization_nothing_is_done(string id)
    {
        var operation = Operation.All[id];
        using var app = House.App();
        var call = operation.Named(operation.Call(operation.Sample()), app.AppId);
        foreach (var authorization in new[] { null, "", "Basic YTpi", "Sign", "Bearer", "Bearer ", "nonsense" })
            await IsRefusedAsync(app, operation, call with { Authorization = authorization }, operation.TakesSignature ? operation.BadSignature : 401);
    }

    [Theory]
    [MemberData(nameof(OperationsOfV2))]
    public async Task A_nonce_that_is_not_eight_letters_and_digits_is_a_bad_parameter(string id)
    {
        var operation = Operation.All[id];
        using var app = await House.PersonAsync();
        var call = operation.Authorize(app, operation.Call(operation.Sample()));
        foreach (var nonce in new[] { "1234567", "123456789", "abcd-123", "abc 1234" })
            (await IsRefusedAsync(app, operation, call with { Nonce = nonce }, 400)).ShouldContain("X-CK-Nonce");
    }

    [Theory]
    [MemberData(nameof(SignedOperations))]
    public async Task A_signature_must_be_the_apps_over_these_very_bytes(string id)
    {
        var operation = Operation.All[id];
        using var app = House.App();
        var call = operation.Call(operation.Sample());
        var right = operation.Sign(app, call);
        var other = operation.Sample();
        other["other"] = "x";
        var over = operation.Sign(app, operation.Call(other)).Authorization;

        (await app.SendAsync(right)).ToJsonString().ShouldNotContain("signature");
        foreach (var wrong in new[] { over, "Sign x", "Sign ====", $"Sign {app.Sign("x")}", $"{right.Authorization}AAAA", "Sign " + new string('A', 5000) })
            await IsRefusedAsync(app, operation, right with { Authorization = wrong }, operation.BadSignature);
        await IsRefusedAsync(app, operation, Operation.Signed(app, call), operation.BadSignature);
        if (operation.TakesBody) await IsRefusedAsync(app, operation, right with { Body = right.Body + " " }, operation.BadSignature);
    }

    [Theory]
    [MemberData(nameof(SignedOperations))]
    public async Task An_app_must_be_known_enabled_and_of_this_dialect(string id)
    {
        var operation = Operation.All[id];
        using var unknown = new CoolKitApp(House.Server.Http, "nobody", House.AppSecret.Secret);
        using var disabled = AppOf(await House.AddAppAsync(disabled: true));
        using var foreign = AppOf(await House.AddAppAsync("gizwits"));
        foreach (var app in new[] { unknown, disabled, foreign }) await IsRefusedAsync(app, operation, operation.Sign(app, operation.Call(operation.Sample())), operation.AppRefused);
    }

    [Theory]
    [MemberData(nameof(TokenOperations))]
    public async Task A_token_must_be_known_fresh_and_of_this_dialect(string id)
    {
        var operation = Operation.All[id];
        var call = operation.Call(operation.Sample());
        using var person = await House.PersonAsync();
        using var signedOut = await House.PersonAsync();
        await signedOut.DeleteAsync("/v2/user/logout");
        using var displaced = await House.PersonAsync(await House.AddAppAsync(single: true));
        var replaced = displaced.Token;
        await displaced.LoginAsync(displaced.Email, CoolKitHouse.Password);
        var tokens = new List<string?> { "unknown", new string('a', 5000), person.RefreshToken, signedOut.Token, replaced };
        foreach (var app in new[] { await House.AddAppAsync("console"), await House.AddAppAsync("gizwits") }) tokens.Add(await House.TokenAsync(person.Email, app.App));

        foreach (var token in tokens) await IsRefusedAsync(person, operation, call with { Authorization = $"Bearer {token}" }, 401);
        (await displaced.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(TokenOperations))]
    public async Task A_token_that_is_too_old_must_be_refreshed(string id)
    {
        var operation = Operation.All[id];
        using var person = await House.PersonAsync(await House.AddAppAsync(accessSeconds: 60));
        House.Time!.Advance(TimeSpan.FromSeconds(61));
        var call = operation.Bear(person, operation.Call(operation.Sample()));
        if (operation.TakesOldToken) operation.ErrorOf(await person.SendAsync(call)).ShouldNotBe(402);
        else await IsRefusedAsync(person, operation, call, operation.Expired);
    }

    [Theory]
    [MemberData(nameof(TokenOperations))]
    public async Task A_token_is_good_only_for_its_own_app(string id)
    {
        var operation = Operation.All[id];
        using var person = await House.PersonAsync();
        var other = await House.AddAppAsync();
        var call = operation.Call(operation.Sample()) with { Authorization = $"Bearer {person.Token}" };
        foreach (var app in new[] { other.App.Id, "nobody" }) (await IsRefusedAsync(person, operation, operation.Named(call, app), operation.AppRefused)).ShouldContain("another appid");
        (await person.SendAsync(call)).ToJsonString().ShouldNotContain("another appid");
    }

    [Theory]
    [MemberData(nameof(TokenOperations))]
    public async Task The_tokens_of_an_app_end_when_it_is_disabled(string id)
    {
        var operation = Operation.All[id];
        var secret = await House.AddAppAsync(disabled: true);
        var email = House.NewEmail();
        await House.AddAccountAsync(email);
        using var app = AppOf(secret);
        app.Token = await House.TokenAsync(email, secret.App);
        await IsRefusedAsync(app, operation, operation.Bear(app, operation.Call(operation.Sample())), 401);
    }

    [Theory]
    [InlineData("""{"email":"1234@gmail.com","password":"12345678","countryCode":"+1"}""", "ttZ/gluzqrafvGonjMD20p4//arW6KoZKbo1SOMEzCA=")]
    [InlineData("""{"email": "1234@gmail.com", "password": "12345678", "countryCode": "+1"}""", "cE/Wl57Ithy21Elieq5wFsYwJWl2IrkBxlmuCnwI73c=")]
    public async Task The_published_signatures_are_right(string body, string signature)
    {
        var secret = (await House.Server.Service<AppService>().AddAsync(new NewApp("coolkit", Secret: PublishedSecret), TestContext.Current.CancellationToken)).Value;
        using var app = AppOf(secret);
        var call = new Call(HttpMethod.Post, "/v2/user/login") { Body = body, Authorization = $"Sign {signature}", AppId = app.AppId };
        (await app.SendAsync(call)).Error().ShouldBe(10003);
        (await app.SendAsync(call with { Body = body.Replace("12345678", "12345679", StringComparison.Ordinal) })).Error().ShouldBe(406);
    }

    [Theory]
    [InlineData("zeta=1&countryCode=86&alpha=b", "alpha=b&countryCode=86&zeta=1")]
    [InlineData("zeta=1&countryCode=86&alpha=b", "zeta=1&countryCode=86&alpha=b")]
    [InlineData("name=%C3%BC%20b%26&countryCode=86", "countryCode=86&name=ü b&")]
    [InlineData("name=%C3%BC%20b%26&countryCode=86", "name=ü b&&countryCode=86")]
    [InlineData("name=%C3%BC%20b%26&countryCode=86", "name=%C3%BC%20b%26&countryCode=86")]
    [InlineData("countryCode=+86", "countryCode=+86")]
    [InlineData("countryCode=%2B86", "countryCode=+86")]
    public async Task The_signature_of_a_query_is_over_its_parameters_sorted_or_as_they_are_sent(string query, string signed)
    {
        using var app = House.App();
        var call = new Call(HttpMethod.Get, $"/v2/utils/get-region?{query}") { Authorization = $"Sign {app.Sign(signed)}", AppId = app.AppId };
        var answer = await app.SendAsync(call);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((string)answer["data"]!["region"]!).ShouldBe("cn");
        (await app.SendAsync(call with { Authorization = $"Sign {app.Sign(signed + "0")}" })).Error().ShouldBe(406);
    }

    [Fact]
    public async Task A_date_in_milliseconds_and_other_writings_of_the_scheme_are_taken()
    {
        using var app = await House.PersonAsync();
        foreach (var authorization in new[] { $"Bearer {app.Token}", $"bearer {app.Token}", $"Bearer  {app.Token}" })
            (await app.SendAsync(new Call(HttpMethod.Get, "/v2/user/profile") { Authorization = authorization, Date = "1700000000000", Nonce = null })).Error().ShouldBe(0);
    }

    private CoolKitApp AppOf(AppSecret secret) => new(House.Server.Http, secret.App.Id, secret.Secret);

    // Answers why.
    private static async Task<string> IsRefusedAsync(CoolKitApp app, Operation operation, Call call, int error)
    {
        var answer = await app.SendAsync(call);
        operation.ErrorOf(answer).ShouldBe(error, $"{call} {answer.ToJsonString()}");
        var reason = operation.ReasonOf(answer);
        reason.ShouldNotBeEmpty();
        return reason;
    }
}
