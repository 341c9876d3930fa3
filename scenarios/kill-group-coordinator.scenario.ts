import { defineScenario } from "../harness/index.ts";
import { common, committedAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "kill-group-coordinator",
  title: "The broker that coordinates the consumer group is killed",
  story:
    "Three brokers. The coordinator of the group is killed when the offset commit after payment 20 is on its way to it; another broker takes the group over, members and offsets included.",
  hypothesis:
    "Given the loss of a group's coordinator, when another broker coordinates it, then no acknowledged offset is lost and every payment takes effect once.",
  runbook: "docs/runbooks.md#the-broker-restarts",
  tags: ["broker", "crash", "coordinator", "three-brokers"],
  eviction: "session-timeout",
  brokers: 3,
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "kill-coordinator",
      fault: "restart-broker",
      at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      mode: "kill",
      which: "coordinator",
      until: { boundary: "kafka.offset-commit.applied", match: { intent: 20 } },
    },
  ],
  exercise: committedAgain,
});
