import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "poison-message",
  title: "A record that nobody can parse sits in the middle of the topic",
  story:
    "Record 30 is not JSON. The consumer must keep it, with the reason, and go on with the records behind it.",
  hypothesis:
    "Given a record that cannot be read, when it is delivered, then it ends as a dead letter and every other payment takes effect once.",
  runbook: "docs/runbooks.md#a-record-cannot-be-read",
  tags: ["input", "dead-letter"],
  limits: { recoveryMsMax: 8_000 },
  drainTimeoutMs: 9_000,
  workload: { events: 60, accounts: 5, poison: [30] },
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
