import type { CalibrationPair, GuaranteeId } from "../harness/index.ts";

const all = (ids: readonly string[], guarantees: readonly GuaranteeId[]): CalibrationPair["by"] =>
  Object.fromEntries(ids.map((id) => [id, guarantees]));

/** Which known-broken twin is caught where, and by exactly which guarantees. Rehearsed by catalogue.gameday.test.ts; README.md is generated from it. */
export const caught: readonly CalibrationPair[] = [
  {
    variant: "no-dedup",
    by: all(
      [
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
      ],
      ["no-duplicate-effects"],
    ),
  },
  {
    variant: "ack-before-commit",
    by: {
      // The loss, and its cause: the offset was ahead of the effects.
      ...all(
        ["kill-consumer-before-commit", "kill-consumer-during-offset-commit"],
        ["no-lost-effects", "offsets-never-ahead-of-effects"],
      ),
      // The process lives on and tries again by itself, so that the cause shows without the loss.
      "crash-postgres-before-commit": ["offsets-never-ahead-of-effects"],
    },
  },
  {
    variant: "blind-update-by-zombie",
    by: all(["pause-consumer-before-transaction"], ["money-conserved"]),
  },
  {
    variant: "fresh-idempotency-key-per-attempt",
    by: all(
      ["timeout-api-after-apply", "apply-late-api", "kill-worker-between-api-and-record"],
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
  { variant: "swallow-poison", by: all(["poison-message"], ["every-input-accounted"]) },
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
