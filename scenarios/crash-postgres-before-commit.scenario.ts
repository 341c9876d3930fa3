import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "crash-postgres-before-commit",
  title: "Postgres crashes when a COMMIT is on its way to it",
  story:
    "Postgres goes down as in a crash (immediate) before it has seen the COMMIT of payment 20, recovers, and knows nothing of the transaction.",
  hypothesis:
    "Given a database crash with an open transaction, when it has recovered, then the payment is posted once.",
  runbook: "docs/runbooks.md#the-database-restarts",
  tags: ["database", "crash"],

  faults: [
    {
      id: "crash-postgres",
      fault: "restart-postgres",
      at: { boundary: "postgres.commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      mode: "immediate",
    },
  ],
  exercise: redeliveredToAny,
});
