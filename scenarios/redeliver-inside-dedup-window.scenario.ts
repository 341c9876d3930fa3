import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

/** Much longer than a restart takes, on a busy machine too, as retention is longer than any redelivery. */
const WINDOW_MS = 12_000;

export default defineScenario({
  ...common,
  id: "redeliver-inside-dedup-window",
  title: "Old dedup rows are purged, and what comes again is inside the window",
  story:
    "The dedup rows of the first forty payments have grown old and are deleted. Only then the rest is sent, and the consumer dies after the commit of payment 45: it comes again when the purge has run once more.",
  hypothesis:
    "Given a dedup window that is at work, when a payment inside it comes again after a restart, then its dedup row is still there.",
  runbook: "docs/runbooks.md#a-dedup-row-is-gone",
  tags: ["consumer", "crash", "redelivery", "retention"],
  // One instance: it purges when it starts, before it is delivered anything.
  instances: 1,
  subject: { env: { DEDUP_RETENTION_MS: String(WINDOW_MS) } },
  workload: {
    ...common.workload,
    holds: [{ intent: 41, until: { fault: "purge", moment: "confirmed" } }],
  },
  drainTimeoutMs: 45_000,
  faults: [
    {
      id: "purge",
      fault: "intercept",
      at: { boundary: "postgres.statement.applied", match: { changes: "DELETE" } },
      heldFrame: "release",
    },
    {
      id: "kill-after-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 45 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: { ...redeliveredToAny, of: "kill-after-commit", purged: true },
});
