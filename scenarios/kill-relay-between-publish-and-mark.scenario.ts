import { defineScenario } from "../harness/index.ts";
import { common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-relay-between-publish-and-mark",
  title: "A relay is killed when its event is published and not yet marked",
  story:
    "Kafka has the settled event of payment 20, the outbox row still says unpublished, and the relay dies. The next relay publishes it again.",
  hypothesis:
    "Given an event that is published and not marked, when another relay takes over, then it is published at least once and carries the same event id.",
  runbook: "docs/runbooks.md#a-relay-dies",
  tags: ["outbox", "crash"],

  faults: [
    {
      id: "kill-relay",
      fault: "kill",
      at: { boundary: "kafka.produce.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: { eventsMin: 50, redelivery: "publish" },
});
