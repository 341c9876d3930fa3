import type { Variant } from "./variant.ts";

export const redeployIdempotencyKeyChanged: Variant = {
  id: "redeploy-idempotency-key-changed",
  breaks: "no-duplicate-calls",
  mechanism:
    "The next version derives the idempotency key anew instead of using the stored one. An attempt whose answer was lost is made again under another key.",
  apply: (policies) => ({
    ...policies,
    idempotencyKey: (intent) => `v2:${intent.eventId}`,
  }),
};
