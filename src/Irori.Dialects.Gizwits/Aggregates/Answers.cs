namespace Irori.Dialects.Gizwits.Aggregates;

/// <summary>Numbers by period.</summary>
internal sealed record AggregateAnswer(AggregateQuery Query, IReadOnlyList<AggregateEntry> Data);

/// <summary>What was asked.</summary>
internal sealed record AggregateQuery(string Aggregator, long StartTs, long? EndTs, string Attrs, string Unit);

/// <summary>A period with numbers.</summary>
/// <param name="Datatime">Its beginning, UTC.</param>
/// <param name="Uid">Who asks.</param>
/// <param name="ProductKey">Product of the device.</param>
/// <param name="Attrs">Numbers as text by data point; one without any in the period is left out.</param>
internal sealed record AggregateEntry(string Datatime, string Uid, string ProductKey, IReadOnlyDictionary<string, string> Attrs);
