using Irori.Core;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>What people change of a device: name and room, tags, settings (CoolKit v2, update info, tags, settings).</summary>
internal sealed class InfoOperations(DeviceEditor editor, ThingMapper mapper)
{
    private const int MaxDevices = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<UpdateInfoRequest, Nothing>(
            routes, new("POST", "/v2/device/update-info", Access.Personal, "updateDeviceInfo", DeviceOperations.Section, "Renames a device, or puts it into a room."), ChangeInfoAsync);
        Operations.Map<TagsRequest, UpdatedThingData>(
            routes, new("POST", "/v2/device/tags", Access.Personal, "updateDeviceTags", DeviceOperations.Section, "Replaces or merges the tags of a device."), ChangeTagsAsync);
        Operations.Map<SettingsRequest, UpdatedThingsData>(
            routes, new("POST", "/v2/device/settings", Access.Personal, "updateDeviceSettings", DeviceOperations.Section, "Changes what a person wants of devices."), ChangeSettingsAsync);
    }

    private async Task<Result<Nothing>> ChangeInfoAsync(Caller caller, UpdateInfoRequest request, CancellationToken cancel)
    {
        if (request.Name is { } name && DeviceOperations.CheckName(name) is { } wrong) return wrong;
        var changed = await editor.ChangeInfoAsync(caller.Person, request.DeviceId, request.Name, request.RoomId, cancel);
        return changed.Fault is { } fault ? fault : Nothing.Value;
    }

    private async Task<Result<UpdatedThingData>> ChangeTagsAsync(Caller caller, TagsRequest request, CancellationToken cancel)
    {
        if (request.Type is not (null or "" or "replace" or "merge")) return Fault.Invalid("type", "type is replace or merge");
        var changed = await editor.ChangeTagsAsync(caller.Person, request.DeviceId, request.Tags.Text, merge: request.Type == "merge", cancel);
        return changed.Try(out var device, out var fault) ? new UpdatedThingData(await mapper.ThingAsync(caller.Person, device, cancel)) : fault;
    }

    private async Task<Result<UpdatedThingsData>> ChangeSettingsAsync(Caller caller, SettingsRequest request, CancellationToken cancel)
    {
        if (DeviceIdRequest.Check("deviceidList", request.DeviceIdList, MaxDevices) is { } wrong) return wrong;
        if (request.Settings.Check() is { } wrongSetting) return wrongSetting;
        bool? keeps = request.Settings.OpsHistory is { } history ? history == 1 : null;
        var ids = request.DeviceIdList.Distinct(StringComparer.Ordinal).ToList();
        var changed = await editor.ChangeSettingsAsync(caller.Person, ids, request.Settings.ToJson(), all => DeviceSettings.Read(all).Wished(), keeps, cancel);
        return changed.Try(out var devices, out var fault) ? new UpdatedThingsData(await mapper.ThingsAsync(caller.Person, devices, cancel)) : fault;
    }
}
