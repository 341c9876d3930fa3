import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "redeploy-rolling-unchanged",
  title: "A rolling deployment of the same behaviour, with both versions at work",
  story:
    "The control of the redeploy scenarios: one instance after the other is replaced, and for a while both versions share the group.",
  hypothesis:
    "Given a rolling deployment that changes nothing, when both versions overlap, then every payment takes effect once.",
  runbook: "docs/runbooks.md#a-deployment-changes-behaviour",
  tags: ["redeploy", "rolling", "control"],
  drainTimeoutMs: 40_000,
  limits: { recoveryMsMax: 30_000 },
  faults: [
    {
      id: "redeploy",
      fault: "redeploy",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      strategy: "rolling",
      to: "next",
    },
  ],
  exercise: redeliveredToAny,
});
