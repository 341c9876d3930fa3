import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-relay-before-publish",
  title: "A relay is killed when its event has left and Kafka has not seen it",
  story:
    "The settled event of payment 20 is on its way to Kafka and the relay dies. A row that was marked too early would never be published.",
  hypothesis:
    "Given an event that was sent and not stored, when another relay takes over, then it is published.",
  runbook: "docs/runbooks.md#a-relay-dies",
  tags: ["outbox", "crash"],

  faults: [
    {
      id: "kill-relay",
      fault: "kill",
      at: { boundary: "kafka.produce.requested", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: noRedelivery,
});
