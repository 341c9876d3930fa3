import { defineScenario } from "../harness/index.ts";
import { everyGuarantee } from "./guarantees.ts";

export default defineScenario({
  id: "kill-consumer-before-commit",
  title: "A consumer is killed when its COMMIT has left and Postgres has not seen it",
  story:
    "The transaction of payment 20 is complete but for its COMMIT, and the consumer dies. Postgres rolls back; only a redelivery can save the payment.",
  hypothesis:
    "Given a payment whose transaction is still open, when its consumer is killed, then the redelivery posts it once.",
  tags: ["consumer", "crash", "redelivery"],
  instances: 2,
  api: "idempotent-replay",
  workload: { events: 60, accounts: 5 },
  faults: [
    {
      id: "kill-before-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  guarantees: everyGuarantee,
  exercise: { eventsMin: 50, redelivery: "in-flight-record" },
  limits: { recoveryMsMax: 20_000 },
  drainTimeoutMs: 20_000,
});
