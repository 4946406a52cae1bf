using System.Security.Cryptography;
using System.Text;

namespace Irori.Core.Installation;

/// <summary>
/// Encrypts the secrets that HMAC and devices need in clear (app secrets, device keys), and hashes tokens.
/// The data key lives in the database, wrapped by the installation's master key, which never does.
/// </summary>
public sealed class KeyRing
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly byte[] _key;

    private KeyRing(byte[] key) => _key = key;

    /// <summary>Purpose under which the wrapped data key is stored.</summary>
    public const string DataPurpose = "data";

    /// <summary>Length of master and data keys in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>Opens the key ring, making the data key at the first start.</summary>
    /// <exception cref="CryptographicException">The master key is not the one that wrapped the data key.</exception>
    public static async Task<KeyRing> OpenAsync(IDatabase database, ReadOnlyMemory<byte> masterKey, TimeProvider time, CancellationToken cancel)
    {
        var master = new KeyRing(masterKey.ToArray());
        var wrapped = await database.ReadAsync(s => s.Installation.FindKeyAsync(DataPurpose), cancel);
        if (wrapped is null)
        {
            var fresh = master.Encrypt(RandomNumberGenerator.GetBytes(KeySize));
            await database.WriteAsync<bool>(async s => await s.Installation.AddKeyAsync(DataPurpose, fresh, time.GetUtcNow()), cancel);
            wrapped = await database.ReadAsync(s => s.Installation.FindKeyAsync(DataPurpose), cancel);
        }

        return new KeyRing(master.Decrypt(wrapped!));
    }

    /// <summary>True when the master key is the one that wrapped a data key.</summary>
    public static bool Opens(byte[] wrapped, ReadOnlyMemory<byte> masterKey)
    {
        try
        {
            return new KeyRing(masterKey.ToArray()).Decrypt(wrapped).Length == KeySize;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Encrypts text with AES-256-GCM; the nonce is random and travels in front.</summary>
    public byte[] Encrypt(string secret) => Encrypt(Encoding.UTF8.GetBytes(secret));

    /// <summary>The text that was encrypted.</summary>
    public string DecryptText(byte[] box) => Encoding.UTF8.GetString(Decrypt(box));

    /// <summary>SHA-256 of a token. Tokens are random, so a fast hash is enough.</summary>
    public static byte[] HashToken(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>A keyed hash for short secrets such as verification codes, useless to who has only the database.</summary>
    public byte[] HashShort(string scope, string secret) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(scope + '\n' + secret));

    private byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize, plain.Length), box.AsSpan(NonceSize + plain.Length));
        return box;
    }

    private byte[] Decrypt(ReadOnlySpan<byte> box)
    {
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], plain);
        return plain;
    }
}
