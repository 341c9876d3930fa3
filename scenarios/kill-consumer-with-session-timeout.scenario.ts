import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-consumer-with-session-timeout",
  title: "A consumer is killed and the broker waits for its session timeout",
  story:
    "The same crash as between commit and ack, evicted the true way: nobody tells the broker, the session of the dead member runs out, and only then does its partition move.",
  hypothesis:
    "Given a dead consumer that nobody signs off, when its session has timed out, then its payments are handled once.",
  runbook: "docs/runbooks.md#a-consumer-dies",
  tags: ["consumer", "crash", "redelivery", "session-timeout"],
  eviction: "session-timeout",
  drainTimeoutMs: 45_000,
  limits: { recoveryMsMax: 30_000 },
  faults: [
    {
      id: "kill-after-commit",
      fault: "kill",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      restart: true,
    },
  ],
  exercise: redelivered,
});
