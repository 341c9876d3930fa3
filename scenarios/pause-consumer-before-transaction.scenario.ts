import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "pause-consumer-before-transaction",
  title:
    "A consumer is paused when a payment has been fetched and wakes to handle it after somebody else has",
  story:
    "The consumer stops between the fetch of payment 20 and its first statement. When it wakes the payment has been handled elsewhere, and it goes on as if it had not.",
  hypothesis:
    "Given a fetched payment whose consumer sleeps, when it wakes after another instance has handled it, then it adds nothing.",
  runbook: "docs/runbooks.md#a-consumer-stalls",
  tags: ["zombie", "pause"],
  drainTimeoutMs: 40_000,
  limits: { recoveryMsMax: 30_000 },
  faults: [
    {
      id: "pause-before-transaction",
      fault: "pause",
      at: { boundary: "kafka.fetch.applied", match: { intent: 20 } },
      heldFrame: "release",
      until: "handled-elsewhere",
    },
  ],
  exercise: { ...redelivered, zombie: true },
});
