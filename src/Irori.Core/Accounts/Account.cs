namespace Irori.Core.Accounts;

/// <summary>A person. Ids are UUID text and the same in every dialect.</summary>
public sealed class Account
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>UUID text: apikey, uid, identityId.</summary>
    public required string Id { get; init; }

    /// <summary>cn, as, us, eu: chosen at sign-up, an attribute, not a place.</summary>
    public required string Region { get; init; }

    /// <summary>Calling code with plus sign, for instance +49.</summary>
    public required string CallingCode { get; init; }

    /// <summary>Language of messages, for instance en.</summary>
    public required string Lang { get; init; }

    /// <summary>Display name, possibly empty.</summary>
    public required string Nickname { get; init; }

    /// <summary>Consent to advertising mail.</summary>
    public bool AcceptsAds { get; init; }

    /// <summary>Whether the membership survey was answered.</summary>
    public bool Consulted { get; init; }

    /// <summary>The slow hash, or null when the account has no password.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Id of the home that the person looks at.</summary>
    public string? CurrentHome { get; init; }

    /// <summary>Sign-up.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was closed; closed accounts have no logins.</summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>E-mail login, filled by queries.</summary>
    public string? Email { get; init; }

    /// <summary>Phone login in E.164, filled by queries.</summary>
    public string? Phone { get; init; }

    /// <summary>Whether the person is an operator of the installation, filled by queries.</summary>
    public bool IsOperator { get; init; }
}

/// <summary>How a person names himself.</summary>
public enum LoginKind
{
    /// <summary>E-mail address, compared in lower case.</summary>
    Email,

    /// <summary>Phone number in E.164.</summary>
    Phone,

    /// <summary>A chosen name.</summary>
    Name,

    /// <summary>An anonymous device of one app.</summary>
    Device,

    /// <summary>An identity of a third party.</summary>
    OAuth,
}

/// <summary>One login: kind, scope (empty, or the app or provider) and the normalised value.</summary>
public readonly record struct Login(LoginKind Kind, string Value, string Scope = "")
{
    // A mail program would read these as a name beside the address, or as several addresses.
    private const string NotInAddresses = "<>()[],;:\\\"";

    /// <summary>An e-mail login, or a fault naming the field.</summary>
    public static Result<Login> Email(string text)
    {
        var value = text.Trim().ToLowerInvariant();
        var at = value.IndexOf('@', StringComparison.Ordinal);
        var plausible = at > 0 && at == value.LastIndexOf('@') && value.Length is > 4 and <= 254
            && value.IndexOf('.', at) > at + 1 && value[^1] != '.' && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || NotInAddresses.Contains(c));
        return plausible ? new Login(LoginKind.Email, value) : Fault.Invalid("email", "email is not an address such as name@example.com");
    }

    /// <summary>A phone login in E.164 (plus sign, 5 to 15 digits), or a fault naming the field.</summary>
    public static Result<Login> Phone(string text)
    {
        var value = text.Trim();
        var plausible = value.Length is >= 6 and <= 16 && value[0] == '+' && value[1] != '0' && value.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
        return plausible ? new Login(LoginKind.Phone, value) : Fault.Invalid("phoneNumber", "phoneNumber must be complete, for instance +4915112345678");
    }

    /// <summary>A chosen name of 1 to 64 printable characters that is no address and no number, or a fault naming the field.</summary>
    public static Result<Login> Name(string text)
    {
        var value = text.Trim();
        var plausible = value.Length is > 0 and <= 64 && !value.Any(c => char.IsControl(c) || c == '@') && !(value.TrimStart('+').Length > 0 && value.TrimStart('+').All(char.IsAsciiDigit));
        return plausible ? new Login(LoginKind.Name, value) : Fault.Invalid("username", "username has 1 to 64 characters, and is no address and no number");
    }

    /// <summary>Whatever a person typed: an address or a phone number.</summary>
    public static Result<Login> Parse(string text) => text.Contains('@', StringComparison.Ordinal) ? Email(text) : Phone(text);
}

/// <summary>Storage of accounts and logins.</summary>
public interface IAccountStore
{
    /// <summary>The account of a login, or null.</summary>
    Task<Account?> FindAsync(Login login);

    /// <summary>The account of an internal key, or null.</summary>
    Task<Account?> FindAsync(long no);

    /// <summary>The account of an id, or null.</summary>
    Task<Account?> FindAsync(string id);

    /// <summary>Accounts that are not closed, by id, after one.</summary>
    Task<IReadOnlyList<Account>> ListAsync(string after, int limit);

    /// <summary>Adds an account with its first login; null when the login is taken.</summary>
    Task<long?> AddAsync(Account account, Login login, DateTimeOffset verified);

    /// <summary>Adds a login to an account; false when it is taken.</summary>
    Task<bool> AddLoginAsync(long account, Login login, DateTimeOffset verified);

    /// <summary>The account's logins.</summary>
    Task<IReadOnlyList<Login>> LoginsAsync(long account);

    /// <summary>Frees the account's logins of a kind.</summary>
    Task RemoveLoginsAsync(long account, LoginKind kind);

    /// <summary>What dialects keep of a person beyond his nickname, JSON.</summary>
    Task<string> ProfileAsync(long account);

    /// <summary>Replaces what dialects keep of a person.</summary>
    Task SetProfileAsync(long account, string profile);

    /// <summary>Replaces the password's hash.</summary>
    Task SetPasswordAsync(long account, string hash);

    /// <summary>Changes what is not null.</summary>
    Task SetProfileAsync(long account, string? nickname, bool? acceptsAds, bool? consulted, string? lang);

    /// <summary>Sets the home that the person looks at.</summary>
    Task SetCurrentHomeAsync(long account, string? home);

    /// <summary>Removes the person's data and logins; the row stays so that ids are not reused.</summary>
    Task CloseAsync(long account, DateTimeOffset now);

    /// <summary>True when the account is an operator of the installation.</summary>
    Task<bool> IsOperatorAsync(long account);

    /// <summary>Makes an account an operator.</summary>
    Task AddOperatorAsync(long account, string role);
}
