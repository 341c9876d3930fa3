import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "poison-message",
  title: "Records that cannot be booked sit in the middle of the topic",
  story:
    "Record 30 is not JSON; one is endless, one in another currency than its account, one below zero, one under an event id that is taken. The consumer must keep each, with the reason, and go on with the records behind it.",
  hypothesis:
    "Given records that cannot be booked, when they are delivered, then each ends as a dead letter and every other payment takes effect once.",
  runbook: "docs/runbooks.md#a-record-cannot-be-read",
  tags: ["input", "dead-letter"],
  // Short: a consumer that dies of them never drains, and is waited for that long.
  limits: { recoveryMsMax: 10_000 },
  drainTimeoutMs: 16_000,
  workload: {
    events: 60,
    accounts: 2,
    // Late enough for each account to have its currency, and the first event its dedup row.
    poison: [
      30,
      { at: 40, kind: "oversized" },
      { at: 45, kind: "negative-amount" },
      { at: 50, kind: "wrong-currency" },
      { at: 55, kind: "reused-id" },
    ],
  },
  faults: [
    {
      id: "deliver-poison",
      fault: "intercept",
      at: { boundary: "kafka.fetch.applied", match: { intent: 30 } },
      heldFrame: "release",
    },
  ],
  exercise: noRedelivery,
});
