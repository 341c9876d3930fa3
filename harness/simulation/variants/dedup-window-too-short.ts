import type { ProtocolVariant } from "./variant.ts";

/** Dedup rows are purged before the last redelivery can come. */
export const dedupWindowTooShort: ProtocolVariant = {
  id: "dedup-window-too-short",
  world: "key-order",
  breaks: ["no-duplicate-effects", "dedup-outlives-redelivery"],
  change: { retention: "none" },
};
