namespace Irori.Harness;

/// <summary>Something that was to be started or changed for a trial could not be; the message is a sentence for the operator.</summary>
internal sealed class HarnessException(string message) : Exception(message);
