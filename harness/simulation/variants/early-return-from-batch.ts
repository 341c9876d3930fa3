import type { ProtocolVariant } from "./variant.ts";

/** On a repeat the handler leaves the whole batch, whose offset is committed. */
export const earlyReturnFromBatch: ProtocolVariant = {
  id: "early-return-from-batch",
  world: "consume",
  breaks: ["no-lost-effects", "offsets-never-ahead-of-effects"],
  change: { payments: ["mark", "post", "outbox", "commit", "offset", "leave-batch-if-seen"] },
};
