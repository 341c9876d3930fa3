import { defineScenario } from "../harness/index.ts";
import { common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "producer-sends-twice",
  title: "The producer sends an event twice: at two places, with one event id",
  story:
    "Upstream did not get its answer and sent payments 20 and 40 again. Kafka stores both copies at offsets of their own.",
  hypothesis:
    "Given an event that stands at two places, when both are delivered, then it takes effect once.",
  runbook: "docs/runbooks.md#an-event-comes-twice",
  tags: ["input", "duplicate"],
  workload: { events: 60, accounts: 5, copies: [20, 40] },
  faults: [
    {
      id: "deliver-copy",
      fault: "intercept",
      at: { boundary: "kafka.fetch.applied", match: { intent: 20 } },
      heldFrame: "release",
    },
  ],
  exercise: { eventsMin: 50, redelivery: "copy" },
});
