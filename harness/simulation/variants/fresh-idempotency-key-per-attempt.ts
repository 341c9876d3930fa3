import type { ProtocolVariant } from "./variant.ts";

/** After a timeout the provider cannot tell the retry from a second payment. */
export const freshIdempotencyKeyPerAttempt: ProtocolVariant = {
  id: "fresh-idempotency-key-per-attempt",
  world: "capture",
  breaks: ["no-duplicate-calls", "idempotency-keys-stable"],
  change: { idempotencyKey: ({ eventId, attempts }) => `capture:${eventId}:${attempts}` },
};
