import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "redeploy-changing-idempotency-key",
  title: "A deployment replaces the worker while a capture has an unknown outcome",
  story:
    "The provider has captured payment 20, the answer is lost, and the next version is deployed. If it derives the idempotency key differently, its retry is a new payment.",
  hypothesis:
    "Given an unknown outcome that outlives a deployment, when the next version tries again, then it does so under the stored key.",
  runbook: "docs/runbooks.md#a-deployment-changes-behaviour",
  tags: ["redeploy", "api"],
  drainTimeoutMs: 40_000,
  limits: { recoveryMsMax: 30_000 },
  faults: [
    {
      id: "redeploy",
      fault: "redeploy",
      at: { boundary: "http.payments.applied", match: { intent: 20 } },
      heldFrame: "drop",
      strategy: "stop-start",
      to: "next",
    },
  ],
  exercise: calledAgain,
});
