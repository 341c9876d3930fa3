import type { ProtocolVariant } from "./variant.ts";

/** The effects are committed first, the dedup row in a transaction of its own behind them. */
export const effectCommittedBeforeDedup: ProtocolVariant = {
  id: "effect-committed-before-dedup",
  world: "consume",
  breaks: ["no-duplicate-effects", "no-zombie-effects"],
  change: { payments: ["look", "post", "outbox", "commit", "claim", "commit", "offset"] },
};
