import { defineScenario } from "../harness/index.ts";
import { calledAgain, common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "restart-postgres-when-idle",
  title: "Postgres is restarted while the service waits for the payments API",
  story:
    "An administrator restarts Postgres (fast) while the call that captures payment 60 is on its way. The service's database connections are idle, and every one of them ends.",
  hypothesis:
    "Given idle connections that the server ends, when the pool opens new ones, then no process dies of it and every payment is captured once.",
  runbook: "docs/runbooks.md#the-database-restarts",
  tags: ["database", "restart"],
  // Alone: nobody else does the work of a process that died of it.
  instances: 1,
  limits: { recoveryMsMax: 12_000 },
  drainTimeoutMs: 13_000,
  faults: [
    {
      id: "restart-postgres",
      fault: "restart-postgres",
      at: { boundary: "http.payments.requested", match: { intent: 60 } },
      heldFrame: "drop",
      mode: "fast",
    },
  ],
  exercise: calledAgain,
});
