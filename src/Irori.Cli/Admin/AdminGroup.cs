using System.CommandLine;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin</c>: what an operator does, straight on the database, also while the server runs.</summary>
internal static class AdminGroup
{
    public static Command Create() => Group(
        "admin",
        "Administer operators, accounts, apps, products, devices and firmware, also while the server runs.",
        Group("operator", "Who administers the installation.", OperatorAdd.Create()),
        Group("account", "The people.", AccountAdd.Create(), AccountList.Create(), AccountPassword.Create()),
        Group("app", "Programs that may ask for something.", AppAdd.Create(), AppList.Create(), AppDisable.Create(), AppEnable.Create(), AppGrant.Create()),
        Group("product", "What devices of one make have in common.", ProductAdd.Create(), ProductList.Create(), ProductShow.Create(), ProductTypes.Create()),
        Group(
            "device", "The devices in the records.",
            DeviceAdd.Create(), DeviceImport.Create(), DeviceFind.Create(), DeviceShow.Create(), DeviceDisable.Create(), DeviceEnable.Create()),
        Group("firmware", "What devices can be upgraded to.", FirmwareAdd.Create(), FirmwareList.Create(), FirmwareRemove.Create()));

    private static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands) group.Subcommands.Add(command);
        return group;
    }
}
