import type { ProtocolVariant } from "./variant.ts";

/** The offset is committed before the transaction. */
export const ackBeforeCommit: ProtocolVariant = {
  id: "ack-before-commit",
  world: "consume",
  breaks: ["no-lost-effects", "offsets-never-ahead-of-effects"],
  change: { payments: ["offset", "mark", "post", "outbox", "commit"] },
};
