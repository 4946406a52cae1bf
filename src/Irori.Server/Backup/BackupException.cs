namespace Irori.Server.Backup;

/// <summary>A backup could not be made or restored; the message is a sentence for the operator.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
