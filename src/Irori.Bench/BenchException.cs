namespace Irori.Bench;

/// <summary>The bench could not do what it was asked; the message is a sentence for the operator.</summary>
internal sealed class BenchException(string message) : Exception(message);
