import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "redeploy-changing-dedup-key",
  title: "A deployment replaces the consumer between its database commit and its offset commit",
  story:
    "The next version starts while payment 20 is committed in Postgres and not acknowledged to Kafka. If it derives the dedup key differently, the redelivery looks new to it.",
  hypothesis:
    "Given a deployment at the worst moment, when the next version gets the redelivery, then it recognises what the last one has done.",
  runbook: "docs/runbooks.md#a-deployment-changes-behaviour",
  tags: ["redeploy", "redelivery"],
  drainTimeoutMs: 40_000,
  limits: { recoveryMsMax: 30_000 },
  faults: [
    {
      id: "redeploy",
      fault: "redeploy",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      strategy: "stop-start",
      to: "next",
    },
  ],
  exercise: redeliveredToAny,
});
