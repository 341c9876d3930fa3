import type { Variant } from "./variant.ts";

export const freshIdempotencyKeyPerAttempt: Variant = {
  id: "fresh-idempotency-key-per-attempt",
  breaks: "no-duplicate-calls",
  mechanism:
    "Each attempt makes its own idempotency key. After a timeout the provider cannot tell the retry from a second payment.",
  apply: (policies) => ({
    ...policies,
    idempotencyKey: (intent) => `${intent.idempotencyKey}:${intent.attempts}`,
  }),
};
