using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>The OpenAPI document, made from the operations themselves.</summary>
internal static class OpenApiDocument
{
    public static IServiceCollection AddDocument(this IServiceCollection services)
    {
        // The document's options have names of their own; those of this dialect are its own.
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, GizwitsJson.Instance.WithAddedModifier(Rename)));
        return services.AddOpenApi(GizwitsDialect.Document, options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Gizwits Open API", Version = "1",
                    Description = "The operations of the Gizwits Open API that Irori serves. Errors are answered with their HTTP status, a code and a message.",
                };
                document.Servers = [];
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(RawJson) || context.JsonTypeInfo.Type == typeof(JsonElement?)) schema.Type = JsonSchemaType.Object;
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    private static void Rename(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider is not MemberInfo member || member.IsDefined(typeof(JsonPropertyNameAttribute), inherit: false)) continue;
            property.Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name);
        }
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<OperationInfo>().FirstOrDefault() is not { } info) return;
        operation.RequestBody?.Content?.Remove(Operations.AnyType);
        operation.Parameters ??= [];
        operation.Parameters.Clear();
        operation.Parameters.Add(Header(Authorizer.AppHeader, required: true, "The app."));
        if (info.Access == Access.User) operation.Parameters.Add(Header(Authorizer.UserHeader, required: true, "The token of a signed-in person."));
        if (info.Access == Access.UserOrCloud) operation.Parameters.Add(Header(Authorizer.UserHeader, required: false, "The token of a signed-in person; a back end needs none."));
        if (info.Access == Access.AppToken) operation.Parameters.Add(Header(Authorizer.AppTokenHeader, required: true, $"The token of request_token; in {Authorizer.UserHeader} it is taken too."));
        var type = metadata.OfType<RequestFields>().First().Type;
        var body = Operations.TakesBody(info) ? Operations.BodyFields(info, type).ToHashSet() : [];
        foreach (var property in type.Properties.Where(p => !body.Contains(p)))
        {
            var inPath = Operations.InPath(info, property.Name);
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = property.Name,
                In = inPath ? ParameterLocation.Path : ParameterLocation.Query,
                Required = inPath || property.IsRequired,
                Schema = await context.GetOrCreateSchemaAsync(property.PropertyType, cancellationToken: cancel),
            });
        }

        if (operation.RequestBody?.Content is { } content && content.TryGetValue("application/json", out var given) && body.Count < type.Properties.Count)
            ((OpenApiMediaType)given).Schema = await BodyAsync(body, context, cancel);
        operation.Responses!["default"] = new OpenApiResponse
        {
            Description = "An error.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(ErrorAnswer), cancellationToken: cancel) },
            },
        };
    }

    // What the path and the query carry is no part of the body.
    private static async Task<OpenApiSchema> BodyAsync(IReadOnlyCollection<JsonPropertyInfo> fields, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach (var field in fields) properties[field.Name] = await context.GetOrCreateSchemaAsync(field.PropertyType, cancellationToken: cancel);
        return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties, Required = fields.Where(f => f.IsRequired).Select(f => f.Name).ToHashSet(StringComparer.Ordinal) };
    }

    private static OpenApiParameter Header(string name, bool required, string description) => new()
    {
        Name = name, In = ParameterLocation.Header, Required = required, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
