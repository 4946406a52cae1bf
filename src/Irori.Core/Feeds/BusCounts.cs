namespace Irori.Core.Feeds;

/// <summary>What became of a command's message to another node.</summary>
public enum BusCall
{
    /// <summary>The node answered.</summary>
    Answered,

    /// <summary>The broker returned it: the node is not there.</summary>
    Returned,

    /// <summary>It could not be given to the broker.</summary>
    Unsent,

    /// <summary>No answer by the deadline.</summary>
    TimedOut,

    /// <summary>The connection broke while the answer was awaited.</summary>
    Broken,

    /// <summary>A message for this node came after its deadline and was not carried out.</summary>
    Late,

    /// <summary>A message for this node was of a version or type that it does not know.</summary>
    Ignored,
}

/// <summary>What became of an event.</summary>
public enum BusEvent
{
    /// <summary>Given to the broker.</summary>
    Sent,

    /// <summary>Not sent: the broker is away, or too much waits.</summary>
    Dropped,

    /// <summary>Came from another node.</summary>
    Received,

    /// <summary>Came too late to be told.</summary>
    Late,

    /// <summary>Of a version or type that this node does not know.</summary>
    Ignored,
}
