import { defineScenario } from "../harness/index.ts";
import { backlog, common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "first-of-a-key-is-slow",
  title: "The first of three events of one payment is slow, and the others are in the same batch",
  story:
    "Three events of payment 7 are fetched together. The first statement of the first one does not get through for a while; the other two could.",
  hypothesis:
    "Given several events of one key, when the first is slow, then the others wait for it.",
  runbook: "docs/runbooks.md#a-consumer-stalls",
  tags: ["order", "batch"],
  workload: {
    events: 120,
    accounts: 1_000,
    eventsPerKey: 3,
    // Something is left to be done by others while the first event waits.
    holds: [{ intent: 31, until: { fault: "slow-first", moment: "fired" } }],
  },
  faults: [
    ...backlog(3),
    {
      id: "slow-first",
      fault: "hold",
      at: { boundary: "postgres.statement.requested", match: { intent: 19 } },
      heldFrame: "release",
      until: "overtaken",
    },
  ],
  exercise: noRedelivery,
});
