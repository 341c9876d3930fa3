import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "commit-out-of-order",
  title: "A transaction with a lower outbox id commits after later ones were published",
  story:
    "The COMMIT of payment 20 is slow. Its outbox row has an id already; rows with higher ids commit and are published meanwhile.",
  hypothesis:
    "Given outbox rows that commit in another order than their ids, when the relay runs, then every one of them is published.",
  runbook: "docs/runbooks.md#a-relay-dies",
  tags: ["outbox", "order"],
  workload: {
    events: 60,
    // Nobody else must wait for the account of payment 20.
    accounts: 1_000,
    holds: [{ intent: 25, until: { fault: "slow-commit", moment: "fired" } }],
  },
  limits: { recoveryMsMax: 7_000 },
  drainTimeoutMs: 7_500,
  faults: [
    {
      id: "slow-commit",
      fault: "hold",
      at: { boundary: "postgres.commit.requested", match: { intent: 20 } },
      heldFrame: "release",
      until: "overtaken",
    },
  ],
  exercise: noRedelivery,
});
