using System.Security.Cryptography;
using Irori.Core.Installation;

namespace Irori.Core.Bindings;

/// <summary>
/// Contents of QR codes that stand on devices: who can read one holds the device. They are made here, with the installation's key, and good for as long as
/// the device is in the records.
/// </summary>
public sealed class BindCodes(KeyRing keys)
{
    private const string Head = "irori:bind:";

    /// <summary>The content for a device of an id.</summary>
    public string Make(string deviceId) => Head + Convert.ToHexStringLower(keys.Encrypt(deviceId));

    /// <summary>The id of the device whose code this is, or null.</summary>
    public string? Read(string content)
    {
        if (content.Length > 512 || !content.StartsWith(Head, StringComparison.Ordinal)) return null;
        try
        {
            return keys.DecryptText(Convert.FromHexString(content.AsSpan(Head.Length)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }
}
