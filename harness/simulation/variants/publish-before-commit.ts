import type { ProtocolVariant } from "./variant.ts";

/** The event is published inside the transaction. */
export const publishBeforeCommit: ProtocolVariant = {
  id: "publish-before-commit",
  world: "consume",
  breaks: ["no-phantom-publishes"],
  change: { payments: ["mark", "post", "publish", "commit", "offset"] },
};
