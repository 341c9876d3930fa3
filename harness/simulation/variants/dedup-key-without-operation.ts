import type { ProtocolVariant } from "./variant.ts";

/** The second operation of one event is taken for a repeat of the first. */
export const dedupKeyWithoutOperation: ProtocolVariant = {
  id: "dedup-key-without-operation",
  world: "operations",
  breaks: ["no-lost-effects"],
  change: { dedupKey: ({ consumer, eventId }) => ({ consumer, eventId, operation: "any" }) },
};
