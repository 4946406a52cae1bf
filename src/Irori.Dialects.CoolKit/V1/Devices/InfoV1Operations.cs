using Irori.Core;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>What people change of a device (CoolKit v1, rename, channel names).</summary>
internal sealed class InfoV1Operations(DeviceEditor editor, DeviceV1Mapper mapper)
{
    private const int MaxKey = 64;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<RenameDeviceRequest, RenamedAnswer>(
            routes, Info("/api/user/device/{deviceid}", "renameDeviceV1", "Gives a device a name."), RenameAsync);
        Operations.Map<TagV1Request, Success>(routes, Info("/api/user/tags", "setChannelNamesV1", "Names the channels of a device."), SetTagAsync);
        // As the document prints it.
        Operations.Map<TagV1Request, Success>(routes, Info("/api/user/api/user/tags", "setChannelNamesV1AsPrinted", "Names the channels of a device."), SetTagAsync);
    }

    private static OperationInfo Info(string path, string name, string summary) =>
        new("POST", path, Access.Personal, name, DeviceV1Operations.Manage, summary) { Edition = PlainEdition.General };

    private async Task<Result<RenamedAnswer>> RenameAsync(Caller caller, RenameDeviceRequest request, CancellationToken cancel)
    {
        if (DeviceOperations.CheckName(request.Name) is { } wrong) return wrong;
        var changed = await editor.ChangeInfoAsync(caller.Person, request.DeviceId, request.Name, roomId: null, cancel);
        return changed.Try(out var device, out var fault)
            ? new RenamedAnswer(0, device.Id, (await mapper.ShowAsync(caller.Person, device, cancel)).Device)
            : fault;
    }

    private async Task<Result<Success>> SetTagAsync(Caller caller, TagV1Request request, CancellationToken cancel)
    {
        if (request.Key.Length is 0 or > MaxKey) return Fault.Invalid("key", $"key has 1 to {MaxKey} characters");
        var tags = RawJson.Of([(request.Key, request.Value.Text)]);
        var changed = await editor.ChangeTagsAsync(caller.Person, request.DeviceId, tags.Text, merge: true, cancel);
        return changed.Fault is { } fault ? fault : Success.Value;
    }
}
