import type { ProtocolVariant } from "./variant.ts";

/** What one consumer has handled looks like a repeat to the other. */
export const dedupKeyWithoutConsumer: ProtocolVariant = {
  id: "dedup-key-without-consumer",
  world: "settle",
  breaks: ["no-torn-outcomes"],
  change: { dedupKey: ({ eventId, operation }) => ({ consumer: "any", eventId, operation }) },
};
