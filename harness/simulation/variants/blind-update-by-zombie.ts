import type { ProtocolVariant } from "./variant.ts";

/** The new balance is computed before the transaction and written whether or not the event is new. */
export const blindUpdateByZombie: ProtocolVariant = {
  id: "blind-update-by-zombie",
  world: "consume",
  breaks: ["no-stale-overwrites", "money-conserved", "no-zombie-effects"],
  change: { payments: ["read-account", "mark", "post", "outbox", "overwrite", "commit", "offset"] },
};
