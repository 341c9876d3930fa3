import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-before-commit",
  title: "A consumer is killed when its COMMIT has left and Postgres has not seen it",
  story:
    "The transaction of payment 20 is complete but for its COMMIT, and the consumer dies. Postgres rolls back; only a redelivery can save the payment.",
  hypothesis:
    "Given a payment whose transaction is still open, when its consumer is killed, then the redelivery posts it once.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "redelivery"],

  faults: [
    {
      id: "kill-before-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: redelivered,
});
