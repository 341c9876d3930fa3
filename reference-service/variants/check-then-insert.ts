import type { Variant } from "./variant.ts";

export const checkThenInsert: Variant = {
  id: "check-then-insert",
  breaks: "no-duplicate-effects",
  mechanism:
    "It looks whether the event is known, and writes the dedup row later without reading the answer. Two instances that look at the same time both see nothing.",
  apply: (policies) => ({
    ...policies,
    isFirstTime: async (transaction, { key, payment }) => {
      if (await transaction.hasProcessed(key)) return "seen";
      await transaction.markProcessed(key, payment);
      return "first";
    },
  }),
};
