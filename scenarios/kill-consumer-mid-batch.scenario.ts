import { defineScenario } from "../harness/index.ts";
import { backlog, common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-mid-batch",
  title: "A consumer is killed in the middle of a batch it has fetched",
  story:
    "Payments have piled up and are fetched at once. The consumer has handled some of them when it is killed; the rest was only ever in its memory.",
  hypothesis:
    "Given a batch that is half done, when its consumer dies, then what was done changes nothing when it comes again, and the rest is done.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "batch"],
  faults: [
    ...backlog(1),
    {
      id: "kill-mid-batch",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 30 } },
      heldFrame: "drop",
      // A second rebalance could interrupt the batch that the survivor has at hand.
      restart: false,
    },
  ],
  exercise: { ...redelivered, of: "kill-mid-batch" },
});
