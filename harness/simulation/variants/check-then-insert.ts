import type { ProtocolVariant } from "./variant.ts";

/** It looks whether the event is known, and does not read what its own insert says. */
export const checkThenInsert: ProtocolVariant = {
  id: "check-then-insert",
  world: "consume",
  breaks: ["no-duplicate-effects", "no-zombie-effects"],
  change: { payments: ["look", "claim", "post", "outbox", "commit", "offset"] },
};
