namespace Irori.Storage.Move;

/// <summary>A database could not be moved; the message is a sentence for the operator.</summary>
public sealed class MoveException(string message, Exception? inner = null) : Exception(message, inner);
