import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "restart-postgres-during-traffic",
  title: "Postgres is restarted in the middle of a commit",
  story:
    "An administrator restarts Postgres (fast) while the answer to the COMMIT of payment 20 is on its way. Every session ends.",
  hypothesis:
    "Given a restart of the database, when the consumers reconnect, then every payment is posted once.",
  runbook: "docs/runbooks.md#the-database-restarts",
  tags: ["database", "restart"],
  limits: { recoveryMsMax: 12_000 },
  drainTimeoutMs: 13_000,

  faults: [
    {
      id: "restart-postgres",
      fault: "restart-postgres",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      mode: "fast",
    },
  ],
  exercise: redeliveredToAny,
});
