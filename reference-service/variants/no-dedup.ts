import type { Variant } from "./variant.ts";

export const noDedup: Variant = {
  id: "no-dedup",
  breaks: "no-duplicate-effects",
  mechanism:
    "Every delivery is taken for the first. A redelivery after a crash posts the payment again.",
  apply: (policies) => ({
    ...policies,
    isFirstTime: (transaction, work) =>
      work.role.name === "payments"
        ? Promise.resolve("first")
        : policies.isFirstTime(transaction, work),
  }),
};
