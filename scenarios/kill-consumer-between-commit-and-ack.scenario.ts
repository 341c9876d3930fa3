import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-between-commit-and-ack",
  title: "A consumer is killed after its database commit and before its offset commit",
  story:
    "Postgres has committed payment 20, the consumer has not been told, and dies. Kafka delivers the payment again, to the other instance.",
  hypothesis:
    "Given a payment that is committed in Postgres and not acknowledged to Kafka, when its consumer is killed, then the redelivery changes nothing.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "redelivery"],

  faults: [
    {
      id: "kill-after-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: redelivered,
});
