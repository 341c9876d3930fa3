import { defineScenario } from "../harness/index.ts";
import { common, redelivered } from "./common.ts";

export default defineScenario({
  ...common,
  id: "partition-consumer-from-broker",
  title:
    "A consumer loses the network to Kafka before its offset commit, and comes back as a zombie",
  story:
    "Payment 20 is committed in Postgres, and every byte between its consumer and Kafka vanishes. The broker waits for the session timeout and gives the partition to the other instance; the isolated one comes back later with old beliefs, and sends its offset commit again.",
  hypothesis:
    "Given a consumer that is cut off from Kafka after its database commit, when its partition moves and it returns, then the redelivery and the zombie change nothing.",
  runbook: "docs/runbooks.md#a-consumer-is-cut-off",
  tags: ["network", "partition", "zombie", "session-timeout"],
  eviction: "session-timeout",
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "partition-consumer",
      fault: "blackhole",
      at: { boundary: "kafka.offset-commit.requested", match: { intent: 20 } },
      heldFrame: "drop",
      link: "kafka",
      direction: "both",
      until: "handled-elsewhere",
    },
  ],
  exercise: { ...redelivered, zombie: true },
});
