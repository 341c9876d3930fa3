import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "apply-late-api",
  title: "The payments API applies a capture after its caller has given up and looked",
  story:
    "The capture of payment 20 is stuck at the provider. The caller times out and looks it up (nothing yet); then the late capture is applied, and then the retry arrives.",
  hypothesis:
    "Given a capture that is applied between the lookup and the retry, when the retry carries the same idempotency key, then the card is charged once.",
  runbook: "docs/runbooks.md#the-api-times-out",
  tags: ["api", "timeout", "late"],

  faults: [
    {
      id: "apply-late",
      fault: "intercept",
      at: { boundary: "http.payments.requested", match: { intent: 20 } },
      heldFrame: "apply-late",
    },
  ],
  exercise: calledAgain,
});
