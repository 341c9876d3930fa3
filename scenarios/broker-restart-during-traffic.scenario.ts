import { defineScenario } from "../harness/index.ts";
import { common, committedAgain } from "./common.ts";

export default defineScenario({
  ...common,
  id: "broker-restart-during-traffic",
  title: "The broker is killed and started again in the middle of an offset commit",
  story:
    "The broker dies when the offset commit after payment 20 is on its way to it, and comes back on the same data. Consumers, producers and coordinators start over.",
  hypothesis:
    "Given a broker that dies with an offset commit on its way, when it is back, then every payment takes effect once.",
  runbook: "docs/runbooks.md#the-broker-restarts",
  tags: ["broker", "crash", "redelivery"],
  eviction: "session-timeout",
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "restart-broker",
      fault: "restart-broker",
      at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      mode: "kill",
    },
  ],
  exercise: committedAgain,
});
