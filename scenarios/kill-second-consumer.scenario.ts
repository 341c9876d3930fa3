import { defineScenario } from "../harness/index.ts";
import { common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-second-consumer",
  title: "The consumer of settled payments is killed after its commit and before its offset commit",
  story:
    "Another consumer group reads what the first one publishes, and keeps its own dedup rows in the same table. It dies with payment 20 committed and not acknowledged.",
  hypothesis:
    "Given two consumers of one event, when the second is delivered it again, then it knows what it has done itself, and only that.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "dedup", "second-group"],
  faults: [
    {
      id: "kill-settlement",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 20, nth: 2 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: { eventsMin: 50, redelivery: "output-record" },
});
