using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>The OpenAPI documents of both versions, made from the operations themselves.</summary>
internal static class OpenApiDocument
{
    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, CoolKitJson.Instance);
            o.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        return services.AddDocument(CoolKitDialect.DocumentV1, "1", DescribeV1Async).AddDocument(CoolKitDialect.DocumentV2, "2", DescribeV2Async);
    }

    private static IServiceCollection AddDocument(
        this IServiceCollection services, string name, string version, Func<OpenApiOperation, OpenApiOperationTransformerContext, CancellationToken, Task> describe) =>
        services.AddOpenApi(name, options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = $"CoolKit v{version}", Version = version,
                    Description = $"The operations of CoolKit v{version} (eWeLink) that Irori serves. Errors are answered with HTTP status 200 and a code in error.",
                };
                document.Servers = [];
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer(async (schema, context, cancel) =>
            {
                var type = context.JsonTypeInfo.Type;
                if (type == typeof(RawJson) || type == typeof(RawJson?)) schema.Type = JsonSchemaType.Object;
                // A command: v1 takes a list of objects too.
                if (type == typeof(JsonElement)) schema.Type = name == CoolKitDialect.DocumentV1 ? JsonSchemaType.Object | JsonSchemaType.Array : JsonSchemaType.Object;
                if (context.JsonPropertyInfo?.CustomConverter is EmptyIsNull) schema.Type = JsonSchemaType.Boolean | JsonSchemaType.Null;
                if (context.JsonPropertyInfo?.CustomConverter is IListConverter list)
                {
                    schema.Type = JsonSchemaType.Array;
                    schema.Items = await context.GetOrCreateSchemaAsync(list.Element, cancellationToken: cancel);
                }
            });
            options.AddOperationTransformer(describe);
        });

    private static async Task DescribeV2Async(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        if (await DescribeAsync(operation, context, cancel) is not { } info) return;
        operation.Parameters!.Add(Header("X-CK-Appid", required: info.Access == Access.Signed, "The app."));
        operation.Parameters.Add(Header("X-CK-Nonce", required: false, "Exactly 8 letters and digits."));
    }

    private static async Task DescribeV1Async(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        if ((await DescribeAsync(operation, context, cancel))?.Edition.FailureType is not { } failure) return;
        // Errors have HTTP status 200 too, and a shape of their own.
        var answer = (OpenApiMediaType)operation.Responses!["200"].Content!["application/json"];
        answer.Schema = new OpenApiSchema { AnyOf = [answer.Schema!, await context.GetOrCreateSchemaAsync(failure, cancellationToken: cancel)] };
    }

    private static async Task<OperationInfo?> DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<OperationInfo>().FirstOrDefault() is not { } info) return null;
        operation.RequestBody?.Content?.Remove(Operations.AnyType);
        operation.Parameters ??= [];
        operation.Parameters.Add(Header("Authorization", required: true, info.Access switch
        {
            Access.Signed => "Sign, a blank and the signature: base64 of HMAC-SHA256 with the app's secret over the exact body, or over the sorted query of a GET.",
            Access.Personal => "Bearer, a blank and the access token.",
            Access.Renewing => "Sign and a signature, or Bearer and an access token, which may be too old.",
            _ => "Sign and a signature, or Bearer and an access token.",
        }));
        if (metadata.OfType<QueryParameters>().FirstOrDefault() is not { } query) return info;
        foreach (var property in query.Type.Properties)
        {
            var inPath = info.Path.Contains($"{{{property.Name}}}", StringComparison.Ordinal);
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = property.Name,
                In = inPath ? ParameterLocation.Path : ParameterLocation.Query,
                Required = property.IsRequired,
                Schema = await context.GetOrCreateSchemaAsync(property.PropertyType, cancellationToken: cancel),
            });
        }

        return info;
    }

    private static OpenApiParameter Header(string name, bool required, string description) => new()
    {
        Name = name, In = ParameterLocation.Header, Required = required, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
