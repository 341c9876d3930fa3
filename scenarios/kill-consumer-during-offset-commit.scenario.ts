import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-during-offset-commit",
  title: "A consumer is killed when Kafka has its offset commit and it has not been told",
  story:
    "The broker has stored the offset after payment 20, the answer is lost and the consumer dies. Nobody will deliver the payment again, so its effects must be there already.",
  hypothesis:
    "Given an offset commit that was applied and not acknowledged, when the consumer is killed, then the payment is complete without a redelivery.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "offsets"],

  faults: [
    {
      id: "kill-during-offset-commit",
      fault: "kill",
      at: { boundary: "kafka.offset-commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: noRedelivery,
});
