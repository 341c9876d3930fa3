import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "pause-consumer-inside-transaction",
  title:
    "A consumer is paused inside its transaction, and another one is delivered its payment meanwhile",
  story:
    "The consumer has sent the first statement of payment 20 and sleeps. The other instance gets the payment and begins a transaction of its own; then the first one wakes, and both go on.",
  hypothesis:
    "Given two transactions for one payment at the same time, when both go on, then the database lets only one of them have effects.",
  runbook: "docs/runbooks.md#a-consumer-stalls",
  tags: ["zombie", "pause", "concurrency"],
  // So many accounts that nobody else changes the one of payment 20 meanwhile.
  workload: { events: 60, accounts: 1_000 },
  limits: { recoveryMsMax: 30_000 },
  drainTimeoutMs: 40_000,
  faults: [
    {
      id: "pause-inside",
      fault: "pause",
      at: { boundary: "postgres.statement.applied", match: { intent: 20 } },
      heldFrame: "release",
      until: { boundary: "postgres.statement.requested", match: { intent: 20 } },
    },
    {
      // Seen going on to the server: from here the two transactions overlap.
      id: "second-transaction",
      fault: "intercept",
      at: {
        boundary: "postgres.statement.requested",
        match: { intent: 20 },
        after: { fault: "pause-inside", moment: "confirmed" },
      },
      heldFrame: "release",
    },
  ],
  exercise: { ...redelivered, of: "pause-inside", zombie: true },
});
