import type { Variant } from "./variant.ts";

export const redeployDedupKeyChanged: Variant = {
  id: "redeploy-dedup-key-changed",
  breaks: "no-duplicate-effects",
  mechanism:
    "The next version derives the dedup key differently. What the last version handled looks new to it.",
  apply: (policies) => ({
    ...policies,
    isFirstTime: (transaction, payment) =>
      transaction.markProcessed(payment, `v2:${payment.paymentId}`),
  }),
};
