import type { ProtocolVariant } from "./variant.ts";

/** A failed statement is caught, COMMIT is sent, and nobody reads that the answer is ROLLBACK. */
export const swallowedErrorThenCommit: ProtocolVariant = {
  id: "swallowed-error-then-commit",
  world: "consume",
  breaks: ["no-lost-effects", "offsets-never-ahead-of-effects"],
  change: { afterRefusedStatement: "go-on" },
};
