import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "partition-leader-from-followers",
  title: "The leader of a partition is cut off from its followers and stays leader",
  story:
    "Three brokers. The network between the leader of payment 5's partition and its peers carries nothing; its followers fall out of sync, and what is written meanwhile is not acknowledged before they are back.",
  hypothesis:
    "Given a leader without followers in sync, when the network heals, then nothing that was acknowledged is lost and every payment takes effect once.",
  runbook: "docs/runbooks.md#brokers-lose-each-other",
  tags: ["broker", "network", "isr", "three-brokers"],
  brokers: 3,
  // The set in sync shrinks only where followers miss a write: most payments are sent after the cut.
  workload: {
    ...common.workload,
    holds: [{ intent: 11, until: { fault: "partition-leader", moment: "fired" } }],
  },
  drainTimeoutMs: 60_000,
  limits: { recoveryMsMax: 45_000 },
  faults: [
    {
      id: "partition-leader",
      fault: "partition-brokers",
      at: { boundary: "postgres.commit.applied", match: { intent: 5 } },
      heldFrame: "release",
      which: "leader",
    },
  ],
  exercise: noRedelivery,
});
