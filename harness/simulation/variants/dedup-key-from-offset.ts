import type { ProtocolVariant } from "./variant.ts";

/** An event that its producer sent twice stands at two places. */
export const dedupKeyFromOffset: ProtocolVariant = {
  id: "dedup-key-from-offset",
  world: "copies",
  breaks: ["no-duplicate-effects"],
  change: {
    dedupKey: ({ consumer, place, operation }) => ({ consumer, eventId: place, operation }),
  },
};
