import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "pause-consumer-after-commit",
  title: "A consumer is paused after its database commit and wakes when its partition has moved",
  story:
    "A long stop (garbage collection, a frozen machine) hits the consumer when Postgres has committed payment 20. Its session times out, the other instance gets the payment, and then the first one wakes and commits its offset.",
  hypothesis:
    "Given a consumer that sleeps through its session timeout after a commit, when it wakes, then Kafka fences its offset commit and nothing is posted twice.",
  runbook: "docs/runbooks.md#a-consumer-stalls",
  tags: ["zombie", "pause", "session-timeout"],
  eviction: "session-timeout",
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "pause-after-commit",
      fault: "pause",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "release",
      until: "handled-elsewhere",
    },
  ],
  exercise: { ...redelivered, zombie: true },
});
