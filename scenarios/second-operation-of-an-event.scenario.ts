import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "second-operation-of-an-event",
  title: "One event asks for two operations, and a consumer dies between them",
  story:
    "Every event id comes with a payment and with a fee. A consumer dies after the commit of the fee of event 10.",
  hypothesis:
    "Given two operations under one event id, when one of them is delivered again, then each takes effect once.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "dedup"],
  workload: { events: 60, accounts: 5, operationsPerEvent: 2 },
  faults: [
    {
      id: "kill-after-fee",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: redelivered,
});
