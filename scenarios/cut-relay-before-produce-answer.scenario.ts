import { defineScenario } from "../harness/index.ts";
import { common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "cut-relay-before-produce-answer",
  title: "The relay loses Kafka when its event is stored and the answer is on its way",
  story:
    "Kafka has stored the settled event of payment 20 and the connection ends before the answer. The producer tries again with the same sequence number.",
  hypothesis:
    "Given a produce request whose answer is lost, when the producer tries again, then the event is published at least once.",
  runbook: "docs/runbooks.md#a-relay-dies",
  tags: ["outbox", "network"],

  faults: [
    {
      id: "cut-relay",
      fault: "cut",
      at: { boundary: "kafka.produce.applied", match: { intent: 20 } },
      heldFrame: "drop",
      link: "kafka",
    },
  ],
  exercise: { eventsMin: 50, redelivery: "produce-again" },
});
