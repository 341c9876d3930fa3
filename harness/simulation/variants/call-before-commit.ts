import type { ProtocolVariant } from "./variant.ts";

/** The API is called inside the transaction, under a key that is made there. */
export const callBeforeCommit: ProtocolVariant = {
  id: "call-before-commit",
  world: "consume",
  breaks: ["no-duplicate-calls", "idempotency-keys-stable"],
  change: { payments: ["mark", "call", "post", "outbox", "commit", "offset"] },
};
