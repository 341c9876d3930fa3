import type { Variant } from "./variant.ts";

export const redeployDedupKeyChanged: Variant = {
  id: "redeploy-dedup-key-changed",
  breaks: "no-duplicate-effects",
  mechanism:
    "The next version derives the dedup key differently. What the last version handled looks new to it.",
  apply: (policies) => ({
    ...policies,
    dedupKey: (work) => {
      const key = policies.dedupKey(work);
      return work.role.name === "payments"
        ? { ...key, eventId: `v2:${work.payment.paymentId}` }
        : key;
    },
  }),
};
