import type { ProtocolVariant } from "./variant.ts";

/** Every delivery is taken for the first. */
export const noDedup: ProtocolVariant = {
  id: "no-dedup",
  world: "consume",
  breaks: ["no-duplicate-effects", "no-zombie-effects"],
  change: { payments: ["post", "outbox", "commit", "offset"] },
};
