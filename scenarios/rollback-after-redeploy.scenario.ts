import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "rollback-after-redeploy",
  title: "A deployment is rolled back while payments are in flight",
  story:
    "The next version replaces the consumer at payment 20, and the last one comes back at payment 40. Each inherits what the other has left in flight.",
  hypothesis:
    "Given a deployment and its rollback, when each version gets the other's redeliveries, then every payment takes effect once.",
  runbook: "docs/runbooks.md#a-deployment-changes-behaviour",
  tags: ["redeploy", "rollback"],
  workload: {
    events: 60,
    accounts: 5,
    holds: [{ intent: 31, until: { fault: "redeploy", moment: "healed" } }],
  },
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "redeploy",
      fault: "redeploy",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      strategy: "stop-start",
      to: "next",
    },
    {
      id: "rollback",
      fault: "redeploy",
      at: {
        boundary: "postgres.commit.applied",
        match: { intent: 40 },
        after: { fault: "redeploy", moment: "healed" },
      },
      heldFrame: "drop",
      strategy: "stop-start",
      to: "current",
    },
  ],
  exercise: redeliveredToAny,
});
