import { expect, test } from "vitest";
import { judgeRetention, readableMs, type TopicRetention } from "./retention.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const week: TopicRetention = {
  topic: "payments.requested",
  cleanupPolicy: "delete",
  retentionMs: 7 * DAY_MS,
  segmentMs: 7 * DAY_MS,
};

test.each([
  ["retention and the segment it is deleted with", week, 14 * DAY_MS],
  ["nothing beyond the segment, when retention is zero", { ...week, retentionMs: 0 }, 7 * DAY_MS],
  ["for ever, when retention is -1", { ...week, retentionMs: -1 }, null],
  ["for ever, when the topic is only compacted", { ...week, cleanupPolicy: "compact" }, null],
  [
    "its retention, when the topic is compacted and deleted",
    { ...week, cleanupPolicy: "compact,delete" },
    14 * DAY_MS,
  ],
])("a record can be read for %s", (_, topic, readable) => {
  expect(readableMs(topic)).toBe(readable);
});

test.each([
  ["outlasts", 14 * DAY_MS + 1, week],
  // The last record of a segment keeps the first: equal is not longer.
  ["too-short", 14 * DAY_MS, week],
  ["too-short", 8 * DAY_MS, week],
  ["unlimited", 1_000 * DAY_MS, { ...week, retentionMs: -1 }],
])("%s: dedup rows of %d ms", (kind, dedupRetentionMs, topic) => {
  expect(judgeRetention(topic, dedupRetentionMs).kind).toBe(kind);
});

test("a refusal is one line that names both numbers and the fix", () => {
  const verdict = judgeRetention(week, DAY_MS);
  expect(verdict).toEqual({
    kind: "too-short",
    reason:
      "DEDUP_RETENTION_MS (86400000) does not outlast payments.requested, whose records can be read for 1209600000 ms (retention.ms 604800000 + segment.ms 604800000): a group that is set back would handle them twice. Set DEDUP_RETENTION_MS above 1209600000, or lower the topic's retention.ms.",
  });
});
