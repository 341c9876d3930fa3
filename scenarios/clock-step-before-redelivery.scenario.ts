import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

/** Twice as long as dedup rows are kept. */
const STEP_MS = 30 * 24 * 60 * 60 * 1_000;

export default defineScenario({
  ...common,
  id: "clock-step-before-redelivery",
  title: "A clock jumps 30 days ahead, the purge runs, and a payment comes again",
  story:
    "The clock of the machine jumps 30 days ahead, twice as far as dedup rows are kept. The consumer dies after the commit of payment 45 and starts again with the wrong clock; that payment comes again only when its purge has run.",
  hypothesis:
    "Given a consumer whose clock is 30 days ahead, when its purge has run and a payment comes again, then the dedup row is still there: its age was told by the clock that wrote it.",
  runbook: "docs/runbooks.md#a-dedup-row-is-gone",
  tags: ["consumer", "crash", "redelivery", "retention", "clock"],
  // One instance: the redelivery goes to the clock that is wrong.
  instances: 1,
  workload: {
    ...common.workload,
    holds: [
      { intent: 41, until: { fault: "step", moment: "confirmed" } },
      // The clock is set right at payment 60: not before the purge.
      { intent: 46, until: { fault: "purge", moment: "confirmed" } },
    ],
  },
  drainTimeoutMs: 45_000,
  faults: [
    {
      id: "step",
      fault: "clock-step",
      stepMs: STEP_MS,
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "release",
      until: { boundary: "postgres.commit.applied", match: { intent: 60 } },
    },
    {
      id: "kill-after-commit",
      fault: "kill",
      at: {
        boundary: "postgres.commit.applied",
        match: { intent: 45 },
        after: { fault: "step", moment: "confirmed" },
      },
      heldFrame: "drop",
      restart: true,
    },
    {
      id: "redelivery-waits",
      fault: "hold",
      at: {
        boundary: "kafka.fetch.applied",
        match: { intent: 45 },
        after: { fault: "kill-after-commit", moment: "confirmed" },
      },
      heldFrame: "release",
      until: { boundary: "postgres.statement.applied" },
    },
    {
      id: "purge",
      fault: "intercept",
      // Whatever it deletes: a careful one finds nothing that is old.
      at: {
        boundary: "postgres.statement.applied",
        match: { command: "DELETE" },
        after: { fault: "redelivery-waits", moment: "fired" },
      },
      heldFrame: "release",
    },
  ],
  exercise: { ...redeliveredToAny, of: "kill-after-commit", since: "purge" },
});
