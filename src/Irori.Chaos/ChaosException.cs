namespace Irori.Chaos;

/// <summary>The run could not do what it was asked; the message is a sentence for the operator.</summary>
internal sealed class ChaosException(string message) : Exception(message);
