namespace Irori.Storage.Move;

/// <summary>What a move is doing.</summary>
public enum MoveStage
{
    /// <summary>Rows are copied.</summary>
    Copying,

    /// <summary>Both sides are read and compared.</summary>
    Comparing,

    /// <summary>The copy takes its place.</summary>
    Finishing,
}

/// <summary>How far a move has come with a table.</summary>
/// <param name="Stage">What is done.</param>
/// <param name="Table">With which table.</param>
/// <param name="Done">Rows of it that are done.</param>
/// <param name="Total">Rows of it.</param>
public sealed record MoveProgress(MoveStage Stage, string Table, long Done, long Total);

/// <summary>A table that both sides hold alike.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Checksum">The sum over the digests of its rows, the same on both sides.</param>
public sealed record MovedTable(string Name, long Rows, string Checksum);

/// <summary>What a move has done.</summary>
/// <param name="Tables">Every table in the order in which it was copied; empty when the installation was there already.</param>
/// <param name="WasThere">True: an earlier move had been completed, nothing was copied.</param>
public sealed record MoveSummary(IReadOnlyList<MovedTable> Tables, bool WasThere);
