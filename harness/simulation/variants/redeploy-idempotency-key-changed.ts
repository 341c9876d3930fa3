import type { ProtocolVariant } from "./variant.ts";

/** The next version derives the idempotency key anew. */
export const redeployIdempotencyKeyChanged: ProtocolVariant = {
  id: "redeploy-idempotency-key-changed",
  world: "capture",
  breaks: ["no-duplicate-calls", "idempotency-keys-stable"],
  isNextVersion: true,
  change: { idempotencyKey: ({ eventId }) => `v2:${eventId}` },
};
