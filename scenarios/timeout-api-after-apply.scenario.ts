import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "timeout-api-after-apply",
  title: "The payments API applies a capture and the answer is lost",
  story:
    "The provider captures payment 20 and the answer never arrives. The caller times out with an unknown outcome.",
  hypothesis:
    "Given a capture that was applied and not answered, when the caller has timed out, then it finds the capture and does not make a second one.",
  runbook: "docs/runbooks.md#the-api-times-out",
  tags: ["api", "timeout", "unknown-outcome"],

  faults: [
    {
      id: "drop-answer",
      fault: "intercept",
      at: { boundary: "http.payments.applied", match: { intent: 20 } },
      heldFrame: "drop",
    },
  ],
  exercise: calledAgain,
});
