import { defineScenario } from "../harness/index.ts";
import { common, redeliveredToAny } from "./common.ts";

export default defineScenario({
  ...common,
  id: "cut-postgres-after-commit-applied",
  title: "The database connection breaks after COMMIT was applied: an unknown commit",
  story:
    "Postgres has committed payment 20 and the connection ends before the answer. The consumer cannot know, and handles the payment again.",
  hypothesis:
    "Given a COMMIT whose answer is lost, when the consumer tries again, then the payment is posted once.",
  runbook: "docs/runbooks.md#the-database-connection-breaks",
  tags: ["database", "unknown-commit"],

  faults: [
    {
      id: "cut-after-commit",
      fault: "cut",
      at: { boundary: "postgres.commit.applied", match: { intent: 20 } },
      heldFrame: "drop",
      link: "postgres",
    },
  ],
  exercise: redeliveredToAny,
});
