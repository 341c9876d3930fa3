import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "slow-api",
  title: "The payments API is slow: its answers come after the caller has given up",
  story:
    "The provider works, and every answer to one instance takes 700 ms longer. Payment 20 is captured; the caller's patience of 400 ms is over before it hears so.",
  hypothesis:
    "Given a provider that answers too late, when the caller has given up, then it asks whether the capture is there and does not make a second one.",
  runbook: "docs/runbooks.md#the-api-times-out",
  tags: ["api", "network", "slow", "unknown-outcome"],

  faults: [
    {
      id: "slow-answers",
      fault: "delay",
      at: { boundary: "http.payments.applied", match: { intent: 20 } },
      heldFrame: "release",
      link: "api",
      latencyMs: 700,
      until: "asked-again",
    },
  ],
  exercise: calledAgain,
});
