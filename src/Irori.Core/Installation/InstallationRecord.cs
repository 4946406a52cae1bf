namespace Irori.Core.Installation;

/// <summary>What this installation is for; decides defaults, never what is possible.</summary>
public enum InstallationMode
{
    /// <summary>A household: apps see all products, devices that show a key can be adopted, many sessions per app.</summary>
    Home,

    /// <summary>A vendor: grants are closed, devices are made by the operator, one session per account and app.</summary>
    Vendor,
}

/// <summary>The one row that says which installation this database belongs to.</summary>
public sealed class InstallationRecord
{
    /// <summary>UUID text.</summary>
    public required string Id { get; init; }

    /// <summary>First start.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Home or vendor.</summary>
    public required InstallationMode Mode { get; init; }
}

/// <summary>Storage of the installation's row and wrapped keys.</summary>
public interface IInstallationStore
{
    /// <summary>The installation, or null before the first start.</summary>
    Task<InstallationRecord?> FindAsync();

    /// <summary>Writes the row of a first start.</summary>
    Task AddAsync(InstallationRecord installation);

    /// <summary>The wrapped key of a purpose, or null.</summary>
    Task<byte[]?> FindKeyAsync(string purpose);

    /// <summary>Stores a wrapped key; false when another node was faster.</summary>
    Task<bool> AddKeyAsync(string purpose, byte[] wrapped, DateTimeOffset activeFrom);
}
