import { defineScenario } from "../harness/index.ts";
import { common, calledAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-worker-between-api-and-record",
  title: "A worker is killed after the API applied its capture and before it could record it",
  story:
    "The card of payment 20 is charged, the worker dies with the answer on its way. The lease runs out and another worker takes the capture over.",
  hypothesis:
    "Given a capture that was applied and never recorded, when another worker takes it over, then it looks the key up and does not charge again.",
  runbook: "docs/runbooks.md#a-worker-dies",
  tags: ["api", "crash", "worker"],

  faults: [
    {
      id: "kill-worker",
      fault: "kill",
      at: { boundary: "http.payments.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: calledAgain,
});
