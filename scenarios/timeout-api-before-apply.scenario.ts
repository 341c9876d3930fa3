import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "timeout-api-before-apply",
  title: "The payments API never gets to apply a capture, and the caller times out",
  story:
    "The provider receives the capture of payment 20, does nothing, and does not answer. The caller cannot tell this from a capture that was made.",
  hypothesis:
    "Given a capture that was not applied and not answered, when the caller has timed out, then it finds that out and captures once.",
  runbook: "docs/runbooks.md#the-api-times-out",
  tags: ["api", "timeout", "unknown-outcome"],

  faults: [
    {
      id: "drop-before-apply",
      fault: "intercept",
      at: { boundary: "http.payments.requested", match: { intent: 20 } },
      heldFrame: "drop",
    },
  ],
  exercise: calledAgain,
});
