using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Bad and odd requests, for every operation of the OpenAPI documents of v2 and v1.</summary>
public abstract class RequestContract(HouseFixture fixture)
{
    private const int MaxBody = 128 * 1024;

    private CoolKitHouse House { get; } = fixture.House;

    public static TheoryData<string> Operations => [.. Operation.All.Keys];

    public static TheoryData<string> BodyOperations => [.. Operation.All.Values.Where(o => o.TakesBody).Select(o => o.Id)];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_required_field_that_is_missing_is_named(string id)
    {
        var operation = Operation.All[id];
        await NothingChangesAsync(async app =>
        {
            foreach (var field in operation.Fields.Where(f => f.Required))
            {
                var values = operation.Sample(optional: true);
                values.Remove(field.Name);
                await IsBadAsync(app, operation, operation.Call(values), field.Name);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_field_of_the_wrong_type_is_named(string id)
    {
        var operation = Operation.All[id];
        await NothingChangesAsync(async app =>
        {
            foreach (var field in operation.Fields)
            {
                foreach (var wrong in operation.TakesBody ? WrongInBody(operation, field) : WrongInQuery(field))
                {
                    var values = operation.Sample(optional: true);
                    values[field.Name] = JsonNode.Parse(wrong);
                    await IsBadAsync(app, operation, operation.Call(values), field.Name);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_number_out_of_its_range_is_named(string id)
    {
        var operation = Operation.All[id];
        await NothingChangesAsync(async app =>
        {
            foreach (var field in operation.Fields.SelectMany(WithParts).Where(f => f.Type is "integer" or "number"))
            {
                foreach (var wrong in Ranges.Outside(operation, field.Name))
                {
                    var values = operation.Sample();
                    // These are looked at first, by their shape.
                    if (values.ContainsKey("deviceid")) values["deviceid"] = "1000abcdef";
                    if (values.ContainsKey("user")) values["user"] = new JsonObject { ["email"] = "somebody@example.com" };
                    Put(values, operation.Fields, field.Name, wrong);
                    await IsBadAsync(app, operation, operation.Call(values), field.Name.Split('.', '[')[^1]);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_body_that_is_no_json_object_is_a_bad_parameter(string id)
    {
        var operation = Operation.All[id];
        if (operation.Method == HttpMethod.Get) return;
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "1" + new string('}', 40);
        await NothingChangesAsync(async app =>
        {
            foreach (var body in new[] { "{", "x", "[]", "[{}]", "null", "5", "\"{}\"", "{}{}", "{'a':1}", "{\"a\":1,}", "\0", deep })
                await IsBadAsync(app, operation, new Call(operation.Method, operation.Path) { Body = body });
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_body_over_the_limit_is_a_bad_parameter(string id)
    {
        var operation = Operation.All[id];
        if (operation.Method == HttpMethod.Get) return;
        await NothingChangesAsync(async app =>
        {
            var values = operation.Sample();
            values["filler"] = new string('x', MaxBody);
            var call = new Call(operation.Method, operation.Path) { Body = values.ToJsonString() };
            await IsBadAsync(app, operation, call);
            await IsBadAsync(app, operation, call with { Chunked = true });
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Fields_that_the_document_does_not_have_are_ignored(string id)
    {
        var operation = Operation.All[id];
        using var app = await House.PersonAsync();
        using var again = await House.PersonAsync();
        var more = operation.Sample();
        more["unknown"] = "x";
        if (operation.TakesBody) more["alsoUnknown"] = new JsonObject { ["deep"] = new JsonArray(1, null, true) };
        var plain = await operation.SendAsync(app, operation.Sample());
        var answer = await operation.SendAsync(again, more);
        if (operation.ErrorOf(plain) != 0) answer.ToJsonString().ShouldBe(plain.ToJsonString());
        else operation.ErrorOf(answer).ShouldBe(0, answer.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(BodyOperations))]
    public async Task The_content_type_does_not_matter(string id)
    {
        var operation = Operation.All[id];
        using var app = await House.PersonAsync();
        var call = operation.Authorize(app, operation.Call(operation.Sample()));
        var plain = await app.SendAsync(call);
        operation.ErrorOf(plain).ShouldNotBe(500);
        foreach (var type in new[] { "application/json; charset=utf-8", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded" })
            operation.ErrorOf(await app.SendAsync(call with { ContentType = type })).ShouldBe(operation.ErrorOf(plain));
        operation.ErrorOf(await app.SendAsync(call with { Chunked = true })).ShouldBe(operation.ErrorOf(plain));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Text_that_cannot_be_stored_breaks_nothing(string id)
    {
        var operation = Operation.All[id];
        if (operation.Method == HttpMethod.Get) return;
        using var app = await House.PersonAsync();
        foreach (var field in operation.Fields.Where(f => f.Type == "string"))
        {
            foreach (var text in new[] { @"a\u0000b", @"\ud800", @"\udc00x", @"\uffff", @"👩‍🔧 ' \"" ; DROP", new string('x', 70_000) })
                await IsAnsweredAsync(app, operation, WithField(operation, $"\"{field.Name}\":\"{text}\"", field.Name));
        }
    }

    [Theory]
    [MemberData(nameof(BodyOperations))]
    public async Task Names_that_cannot_be_stored_break_nothing(string id)
    {
        var operation = Operation.All[id];
        using var app = await House.PersonAsync();
        foreach (var name in new[] { @"\ud800", @"\u0000", @"\ud800id", @"\udfffparams", new string('x', 70_000), "" })
        {
            var strange = $"\"{name}\":1";
            await IsAnsweredAsync(app, operation, WithField(operation, strange));
            foreach (var field in operation.Fields.Where(f => f.Type == "object"))
                await IsAnsweredAsync(app, operation, WithField(operation, $"\"{field.Name}\":{{{strange}}}", field.Name));
        }
    }

    [Fact]
    public async Task A_query_of_text_that_cannot_be_stored_breaks_nothing()
    {
        using var app = await House.PersonAsync();
        foreach (var text in new[] { "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%F0%9F%91%A9", "" })
        {
            foreach (var path in new[] { "/v2/family?lang=", "/v2/device/thing?familyid=", "/v2/device/thing/status?type=1&id=", "/v2/device/thing/status?type=1&id=x&params=" })
                (await app.GetAsync(path + text)).Error().ShouldBeOneOf(0, 400, 405);
            (await app.DeleteAsync("/v2/device?deviceid=" + text)).Error().ShouldBeOneOf(400, 405);
        }
    }

    [Theory]
    [InlineData("query")]
    [InlineData("body")]
    [InlineData("both")]
    [InlineData("body, with something else in the query")]
    [InlineData("query, with a body that is empty")]
    public async Task Parameters_of_a_delete_may_stand_anywhere(string where)
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        var query = $"/v2/device?deviceid={made.Device.Id}";
        var body = new JsonObject { ["deviceid"] = made.Device.Id };
        var answer = where switch
        {
            "query" => await app.DeleteAsync(query),
            "body" => await app.DeleteAsync("/v2/device", body),
            "both" => await app.DeleteAsync(query, body),
            "query, with a body that is empty" => await app.DeleteAsync(query, new JsonObject()),
            _ => await app.DeleteAsync("/v2/device?t=1", body),
        };
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
    }

    [Theory]
    [InlineData("GET", "/v2")]
    [InlineData("GET", "/v2/nothing")]
    [InlineData("POST", "/v2/device/thing/status/more")]
    [InlineData("GET", "/v2/user/login")]
    [InlineData("PUT", "/v2/user/profile")]
    [InlineData("PATCH", "/v2/device/thing")]
    [InlineData("DELETE", "/v2/device/add")]
    [InlineData("OPTIONS", "/v2/device")]
    [InlineData("POST", "/v2/user//login")]
    public async Task An_unknown_address_is_answered_in_the_envelope(string method, string path)
    {
        using var app = await House.PersonAsync();
        var answer = await app.SendAsync(new Call(HttpMethod.Parse(method), path) { Authorization = $"Bearer {app.Token}", AppId = app.AppId });
        answer.ToJsonString().ShouldBe("""{"error":403,"msg":"api not found","data":{}}""");
    }

    [Fact]
    public async Task A_wrong_nested_field_is_named_by_its_path()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync();
        var add = CoolKitHouse.AddBody(made);
        add["settings"] = new JsonObject { ["opsNotify"] = "1" };
        ((string)(await app.PostAsync("/v2/device/add", add))["msg"]!).ShouldContain("settings.opsNotify");
        var things = new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["itemType"] = "1", ["id"] = "x" }) };
        ((string)(await app.PostAsync("/v2/device/thing", things))["msg"]!).ShouldContain("thingList[0].itemType");
    }

    private static string[] WrongInBody(Operation operation, Field field)
    {
        string[] wrong = field.Type switch
        {
            "string" => ["5", "true", "[]", "{}"],
            // Apps of v1 write some numbers as text.
            "integer" => ["\"x\"", "1.5", "true", "[]", "99999999999999999999", .. operation.Version == 2 ? ["\"1\""] : Array.Empty<string>()],
            "boolean" => ["\"x\"", "5", "[]"],
            "array" => ["\"x\"", "5", "{}", "[5]", "[null]", "[{}]"],
            _ => field.OrArray ? ["\"x\"", "5"] : ["\"x\"", "5", "[]"],
        };
        return field.Required ? [.. wrong, "null"] : wrong;
    }

    // A query is text: only what is no number can be wrong there.
    private static string[] WrongInQuery(Field field) => field.Type == "integer" ? ["\"x\"", "\"1.5\"", "\"true\"", "\"99999999999999999999\""] : [];

    // By hand: writers of JSON do not write what is wrong.
    private static string WithField(Operation operation, string written, string? inPlaceOf = null)
    {
        var values = operation.Sample();
        if (inPlaceOf is not null) values.Remove(inPlaceOf);
        return $"{{{written}{(values.Count > 0 ? "," : "")}{values.ToJsonString()[1..]}";
    }

    private static async Task IsAnsweredAsync(CoolKitApp app, Operation operation, string body)
    {
        var answer = await app.SendAsync(operation.Authorize(app, new Call(operation.Method, operation.Path) { Body = body }));
        operation.ErrorOf(answer).ShouldNotBe(500, $"{body[..Math.Min(body.Length, 200)]} {answer.ToJsonString()}");
    }

    // Refusals leave a person, his homes and his devices as they were.
    private async Task NothingChangesAsync(Func<CoolKitApp, Task> refusals)
    {
        using var app = await House.PersonAsync();
        await House.AddAsync(app);
        var before = await SnapshotAsync(app);
        await refusals(app);
        (await SnapshotAsync(app)).ShouldBe(before);
    }

    private static async Task<string> SnapshotAsync(CoolKitApp app)
    {
        var text = new StringBuilder();
        foreach (var path in new[] { "/v2/user/profile", "/v2/family", "/v2/device/thing?num=0" })
        {
            var answer = await app.GetAsync(path);
            answer.Error().ShouldBe(0);
            text.AppendLine(answer.ToJsonString());
        }

        return text.ToString();
    }

    private static IEnumerable<Field> WithParts(Field field) => [field, .. field.Parts.SelectMany(WithParts)];

    // Puts a value where its path says, into samples of what is around it.
    private static void Put(JsonObject values, IReadOnlyList<Field> fields, string path, JsonNode value)
    {
        var outer = fields.First(f => WithParts(f).Any(p => p.Name == path));
        if (outer.Name == path)
        {
            values[LastOf(path)] = value.DeepClone();
            return;
        }

        values[LastOf(outer.Name)] ??= outer.Sample.DeepClone();
        var inner = values[LastOf(outer.Name)]!;
        Put(inner is JsonArray list ? list[0]!.AsObject() : inner.AsObject(), outer.Parts, path, value);

        static string LastOf(string name) => name.Split('.')[^1];
    }

    private static async Task IsBadAsync(CoolKitApp app, Operation operation, Call call, string? field = null)
    {
        var answer = await app.SendAsync(operation.Authorize(app, call));
        operation.ErrorOf(answer).ShouldBe(400, $"{call.Method} {call.Path} {call.Body?[..Math.Min(call.Body.Length, 200)]} {answer.ToJsonString()}");
        var reason = operation.ReasonOf(answer);
        if (field is not null) reason.ShouldContain(field, Case.Sensitive, call.Body);
    }
}
