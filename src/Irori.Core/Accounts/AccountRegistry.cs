namespace Irori.Core.Accounts;

/// <summary>What an operator does with accounts that are not his.</summary>
public sealed class AccountRegistry(IDatabase database, TimeProvider time)
{
    /// <summary>The one role of operators: everything.</summary>
    public const string FullRole = "full";

    /// <summary>Accounts after an id, by id.</summary>
    public Task<IReadOnlyList<Account>> ListAsync(string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Accounts.ListAsync(after, Math.Clamp(limit, 1, 500)), cancel);

    /// <summary>The account of a login.</summary>
    public async Task<Result<Account>> FindAsync(Login login, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Accounts.FindAsync(login), cancel) is { } account
            ? account
            : new Fault(FaultKind.NoSuchAccount, $"No account has the login {login.Value}");

    /// <summary>Makes an account an operator of the installation. Safe to repeat.</summary>
    public Task<Result<Done>> PromoteAsync(Account account, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            await s.Accounts.AddOperatorAsync(account.No, FullRole);
            return new Done();
        },
        cancel);

    /// <summary>Gives an account a further login, by the operator's word.</summary>
    public Task<Result<Account>> AddLoginAsync(Account account, Login login, CancellationToken cancel) => database.WriteAsync<Account>(
        async s => await s.Accounts.AddLoginAsync(account.No, login, time.GetUtcNow())
            ? (await s.Accounts.FindAsync(account.No))!
            : new Fault(FaultKind.AccountExists, $"An account with the login {login.Value} exists already"),
        cancel);
}
