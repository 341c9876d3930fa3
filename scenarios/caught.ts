import type { CalibrationPair, GuaranteeId } from "../harness/index.ts";

const all = (ids: readonly string[], guarantees: readonly GuaranteeId[]): CalibrationPair["by"] =>
  Object.fromEntries(ids.map((id) => [id, guarantees]));

const REDELIVERED = [
  "kill-consumer-between-commit-and-ack",
  "kill-consumer-before-offset-commit",
  "kill-consumer-with-session-timeout",
  "cut-postgres-after-commit-applied",
  "restart-postgres-during-traffic",
  "partition-consumer-from-broker",
  "pause-consumer-after-commit",
  "pause-consumer-before-transaction",
  "broker-restart-during-traffic",
  "kill-group-coordinator",
];

/** Which known-broken twin is caught where, and by exactly which guarantees. Rehearsed by catalogue.gameday.test.ts; README.md is generated from it. */
export const caught: readonly CalibrationPair[] = [
  {
    variant: "no-dedup",
    by: {
      ...all(REDELIVERED, ["no-duplicate-effects"]),
      // Woken after its partition has moved, and before its transaction: that one is a zombie's.
      "pause-consumer-before-transaction": ["no-duplicate-effects", "no-zombie-effects"],
    },
    // Where the duplicate is made by an instance that has lost its partition by then.
    also: all(REDELIVERED, ["no-zombie-effects"]),
  },
  {
    variant: "ack-before-commit",
    // The loss, and its cause: the offset was ahead of the effects.
    by: all(
      [
        "kill-consumer-before-commit",
        "kill-consumer-during-offset-commit",
        "crash-postgres-before-commit",
      ],
      ["no-lost-effects", "offsets-never-ahead-of-effects"],
    ),
  },
  {
    variant: "blind-update-by-zombie",
    by: {
      // Woken before it looks: what it adds is added twice. Woken after: it writes over the other.
      "pause-consumer-before-transaction": ["money-conserved"],
      "pause-consumer-inside-transaction": ["no-stale-overwrites"],
    },
    also: {
      "pause-consumer-before-transaction": ["no-zombie-effects", "no-stale-overwrites"],
      "pause-consumer-inside-transaction": ["no-zombie-effects", "money-conserved"],
    },
  },
  {
    variant: "fresh-idempotency-key-per-attempt",
    by: all(
      [
        "timeout-api-after-apply",
        "apply-late-api",
        "slow-api",
        "kill-worker-between-api-and-record",
      ],
      ["no-duplicate-calls", "idempotency-keys-stable"],
    ),
  },
  {
    variant: "timeout-treated-as-failure",
    by: all(["timeout-api-before-apply", "fail-api-with-503"], ["no-torn-outcomes"]),
  },
  {
    variant: "relay-marks-before-publish",
    by: all(["kill-relay-before-publish"], ["outbox-fully-published"]),
  },
  {
    variant: "dedup-committed-before-effect",
    by: all(["kill-consumer-between-commit-and-ack"], ["no-lost-effects"]),
    // Its dashboard shows a repeat of what never took effect, unless the process that counted it is gone.
    also: all(["kill-consumer-between-commit-and-ack"], ["metrics-tell-the-truth"]),
  },
  {
    variant: "effect-committed-before-dedup",
    by: all(["kill-consumer-between-commit-and-ack"], ["no-duplicate-effects"]),
  },
  {
    variant: "check-then-insert",
    by: all(["pause-consumer-inside-transaction"], ["no-duplicate-effects"]),
    also: all(["pause-consumer-inside-transaction"], ["no-zombie-effects"]),
  },
  {
    variant: "dedup-key-without-operation",
    by: all(["second-operation-of-an-event"], ["no-lost-effects"]),
    // Its dashboard shows repeats that are none, unless the process that counted them was killed.
    also: all(["second-operation-of-an-event"], ["metrics-tell-the-truth"]),
  },
  {
    variant: "dedup-key-without-consumer",
    by: all(["kill-second-consumer"], ["no-torn-outcomes"]),
    // Its dashboard shows repeats that are none, unless the process that counted them was killed.
    also: all(["kill-second-consumer"], ["metrics-tell-the-truth"]),
  },
  {
    variant: "dedup-key-from-offset",
    by: all(["producer-sends-twice"], ["no-duplicate-effects"]),
  },
  {
    variant: "publish-before-commit",
    by: all(["kill-consumer-before-commit"], ["no-phantom-publishes"]),
  },
  {
    variant: "publish-after-commit-without-outbox",
    by: all(["kill-consumer-between-commit-and-ack"], ["no-torn-outcomes"]),
  },
  {
    variant: "relay-by-last-id",
    by: all(["commit-out-of-order"], ["outbox-fully-published", "recovers-within"]),
  },
  {
    variant: "relay-plain-producer",
    by: all(["cut-relay-before-produce-answer"], ["no-duplicate-publishes", "no-torn-outcomes"]),
  },
  {
    variant: "relay-without-event-id",
    // Nobody can tell the repeat, and the second consumer refuses what it cannot tell.
    by: all(
      ["kill-relay-between-publish-and-mark"],
      ["no-duplicate-publishes", "no-torn-outcomes"],
    ),
  },
  {
    variant: "call-before-commit",
    by: all(["kill-consumer-before-commit"], ["no-duplicate-calls", "idempotency-keys-stable"]),
  },
  {
    variant: "swallowed-error-then-commit",
    by: all(
      ["lock-table-during-traffic"],
      ["no-lost-effects", "offsets-never-ahead-of-effects", "metrics-tell-the-truth"],
    ),
  },
  {
    variant: "early-return-from-batch",
    by: all(["kill-consumer-mid-batch"], ["no-lost-effects", "offsets-never-ahead-of-effects"]),
    // Its second consumer returns early as well.
    also: all(["kill-consumer-mid-batch"], ["no-torn-outcomes"]),
  },
  {
    variant: "commits-offset-too-far",
    by: all(["kill-consumer-mid-batch"], ["no-lost-effects", "offsets-never-ahead-of-effects"]),
  },
  {
    variant: "concurrent-within-key",
    by: all(["first-of-a-key-is-slow"], ["ordered-per-key"]),
    // Offsets are committed in any order: ahead of effects, or back again, so that the group never gets there.
    also: all(
      ["first-of-a-key-is-slow"],
      ["offsets-never-ahead-of-effects", "no-lost-effects", "recovers-within"],
    ),
  },
  {
    variant: "dedup-window-too-short",
    by: all(
      ["reread-from-start", "redeliver-inside-dedup-window"],
      ["no-duplicate-effects", "dedup-outlives-redelivery"],
    ),
    also: all(["reread-from-start"], ["no-zombie-effects"]),
  },
  {
    variant: "purge-by-own-clock",
    by: all(
      ["clock-step-before-redelivery"],
      ["no-duplicate-effects", "dedup-outlives-redelivery"],
    ),
  },
  { variant: "handler-type-error", by: all(["poison-message"], ["recovers-within"]) },
  {
    variant: "no-pool-error-listener",
    by: all(["restart-postgres-when-idle"], ["recovers-within"]),
  },
  {
    variant: "metrics-count-hits-as-effects",
    by: all(["kill-consumer-between-commit-and-ack"], ["metrics-tell-the-truth"]),
  },
  {
    variant: "smoke-test-in-production",
    // Its dashboard counts the payments it was sent, and not its own.
    by: all(["baseline"], ["no-phantom-effects", "metrics-tell-the-truth"]),
  },
  {
    variant: "swallow-poison",
    by: all(["poison-message"], ["every-input-accounted", "metrics-tell-the-truth"]),
  },
  {
    variant: "redeploy-dedup-key-changed",
    // Not in the rolling one: there an instance of the old version may get the redelivery.
    by: all(["redeploy-changing-dedup-key", "rollback-after-redeploy"], ["no-duplicate-effects"]),
  },
  {
    variant: "redeploy-idempotency-key-changed",
    by: all(
      ["redeploy-changing-idempotency-key"],
      ["no-duplicate-calls", "idempotency-keys-stable"],
    ),
  },
];
