import type { ProtocolVariant } from "./variant.ts";

/** The dedup row is committed in a transaction of its own, before the effects. */
export const dedupCommittedBeforeEffect: ProtocolVariant = {
  id: "dedup-committed-before-effect",
  world: "consume",
  breaks: ["no-lost-effects"],
  change: { payments: ["mark", "commit", "post", "outbox", "commit", "offset"] },
};
