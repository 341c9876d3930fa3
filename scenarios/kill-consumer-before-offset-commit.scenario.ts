import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-before-offset-commit",
  title: "A consumer is killed when its offset commit has left and Kafka has not seen it",
  story:
    "Postgres has committed payment 20, the consumer has been told so and acknowledges, and dies before Kafka has the offset. The other point between commit and ack: here the client knows.",
  hypothesis:
    "Given a payment whose consumer knows that it is committed, when the consumer is killed before Kafka has the offset, then the redelivery changes nothing.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "redelivery", "offsets"],

  faults: [
    {
      id: "kill-before-offset-commit",
      fault: "kill",
      at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: redelivered,
});
