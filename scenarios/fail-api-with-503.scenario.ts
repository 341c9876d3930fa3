import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "fail-api-with-503",
  title: "The payments API answers 503 to a capture",
  story:
    "The provider refuses the capture of payment 20 for the moment, without applying it, and does not remember the error.",
  hypothesis: "Given a 503, when the caller tries again, then the card is charged once.",
  runbook: "docs/runbooks.md#the-api-fails",
  tags: ["api", "error"],
  api: "replay-2xx-only",
  faults: [
    {
      id: "answer-503",
      fault: "intercept",
      at: { boundary: "http.payments.requested", match: { intent: 20 } },
      heldFrame: "answer-503",
    },
  ],
  exercise: calledAgain,
});
