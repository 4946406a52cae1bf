using System.Data.Common;

namespace Irori.Storage.Sql;

/// <summary>What differs between the two engines in the texts that they share.</summary>
public abstract class Engine
{
    /// <summary>The database's clock in milliseconds since 1970, as an SQL expression.</summary>
    public abstract string Now { get; }

    /// <summary>What claims the rows of one table of a select without waiting for other claimers.</summary>
    public abstract string SkipLocked(string table);

    /// <summary>What locks the rows of one table of a select.</summary>
    public abstract string ForUpdate(string table);

    /// <summary>Whether a number could be claimed until the transaction ends, which nobody else can then: 1 or 0, as an SQL expression.</summary>
    public abstract string Claim(string number);

    /// <summary>The rows of a parameter that holds a JSON list of whole numbers.</summary>
    public abstract string Numbers(string parameter);

    /// <summary>The rows of a parameter that holds a JSON list of objects, by the columns "name TYPE" that they have.</summary>
    public abstract string Rows(string parameter, params IReadOnlyList<string> columns);

    /// <summary>The number at the parameter @path of a column's JSON text, as an SQL expression; NULL: there is none.</summary>
    public abstract string NumberAt(string column);

    /// <summary>A migration's text with its tokens filled in.</summary>
    public abstract string Fill(string migration);

    /// <summary>What a row of the history takes on the disk beside its contents.</summary>
    public abstract RowBytes RowBytes { get; }

    /// <summary>True for the violation of a unique key.</summary>
    public abstract bool IsUniqueViolation(DbException exception);
}
