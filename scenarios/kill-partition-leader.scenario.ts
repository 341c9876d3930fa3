import { defineScenario } from "../harness/index.ts";
import { common, committedAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-partition-leader",
  title: "The broker that leads the partition of a payment is killed",
  story:
    "Three brokers, three replicas. The leader of payment 20's partition is killed when the offset commit after it is on its way; a follower takes over, and the dead broker comes back only when the payment has been acknowledged.",
  hypothesis:
    "Given the loss of a leader with replicas in sync, when a follower leads, then every payment takes effect once.",
  runbook: "docs/runbooks.md#the-broker-restarts",
  tags: ["broker", "crash", "failover", "three-brokers"],
  // Where the leader coordinates the group as well, its members must be able to time out.
  eviction: "session-timeout",
  brokers: 3,
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "kill-leader",
      fault: "restart-broker",
      at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      mode: "kill",
      which: "leader",
      until: { boundary: "kafka.offset-commit.applied", match: { intent: 20 } },
    },
  ],
  exercise: committedAgain,
});
