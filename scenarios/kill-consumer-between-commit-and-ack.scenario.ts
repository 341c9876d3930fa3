import { defineScenario } from "../harness/index.ts";
import { everyGuarantee } from "./guarantees.ts";

export default defineScenario({
  id: "kill-consumer-between-commit-and-ack",
  title: "A consumer is killed after its database commit and before its offset commit",
  story:
    "Postgres has committed payment 20, the consumer has not been told, and dies. Kafka delivers the payment again, to the other instance.",
  hypothesis:
    "Given a payment that is committed in Postgres and not acknowledged to Kafka, when its consumer is killed, then the redelivery changes nothing.",
  tags: ["consumer", "crash", "redelivery"],
  instances: 2,
  api: "idempotent-replay",
  workload: { events: 60, accounts: 5 },
  faults: [
    {
      id: "kill-after-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  guarantees: everyGuarantee,
  exercise: { eventsMin: 50, redelivery: "in-flight-record" },
  limits: { recoveryMsMax: 20_000 },
  drainTimeoutMs: 20_000,
});
