/** How long a topic keeps its records. Milliseconds; -1: for ever. */
export interface TopicRetention {
  readonly topic: string;
  /** `delete`, `compact` or both, as the broker says it. */
  readonly cleanupPolicy: string;
  readonly retentionMs: number;
  readonly segmentMs: number;
}

export type RetentionVerdict =
  | { readonly kind: "outlasts" }
  /** Nothing outlasts a topic that is kept for ever: to be said, not to be refused. */
  | { readonly kind: "unlimited"; readonly limit: string }
  | { readonly kind: "too-short"; readonly reason: string };

/**
 * How long a record can be read: the broker deletes whole segments, once the newest record of one is
 * older than `retention.ms`, and a segment may be filled for `segment.ms` (Kafka, topic configs).
 * Null: for ever.
 */
export function readableMs({
  cleanupPolicy,
  retentionMs,
  segmentMs,
}: TopicRetention): number | null {
  const isDeleted = cleanupPolicy.split(",").includes("delete");
  return isDeleted && retentionMs >= 0 ? retentionMs + segmentMs : null;
}

/** Whether dedup rows that are kept for `dedupRetentionMs` outlast the records of a topic. */
export function judgeRetention(topic: TopicRetention, dedupRetentionMs: number): RetentionVerdict {
  const keptMs = readableMs(topic);
  const name = `DEDUP_RETENTION_MS (${dedupRetentionMs})`;
  if (keptMs === null) {
    return {
      kind: "unlimited",
      limit: `${topic.topic} is kept for ever, and dedup rows are not: what is read again after ${name} is handled twice. Give the topic a retention.ms, or never set the group further back.`,
    };
  }
  if (dedupRetentionMs > keptMs) return { kind: "outlasts" };
  return {
    kind: "too-short",
    reason: `${name} does not outlast ${topic.topic}, whose records can be read for ${keptMs} ms (retention.ms ${topic.retentionMs} + segment.ms ${topic.segmentMs}): a group that is set back would handle them twice. Set DEDUP_RETENTION_MS above ${keptMs}, or lower the topic's retention.ms.`,
  };
}
