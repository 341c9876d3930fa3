import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "lock-table-during-traffic",
  title: "Somebody holds the ledger locked, and statements run into their lock timeout",
  story:
    "A forgotten session holds the ledger. The insert of payment 20 fails inside its transaction, after other statements of it have succeeded.",
  hypothesis:
    "Given a statement that fails inside a transaction, when the lock is gone, then the payment is posted, whole and once.",
  runbook: "docs/runbooks.md#the-database-refuses-statements",
  tags: ["database", "lock"],
  faults: [
    {
      id: "lock-ledger",
      fault: "lock-table",
      at: { boundary: "postgres.statement.requested", match: { intent: 20 } },
      heldFrame: "release",
      table: "ledger_entries",
      until: "statement-refused",
    },
  ],
  exercise: redeliveredToAny,
});
