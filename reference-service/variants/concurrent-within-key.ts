import type { Variant } from "./variant.ts";

export const concurrentWithinKey: Variant = {
  id: "concurrent-within-key",
  breaks: "ordered-per-key",
  mechanism:
    "The records of a batch are handled side by side. A later event of one payment overtakes an earlier one.",
  apply: (policies) => ({
    ...policies,
    workThrough: async (batch) => {
      await Promise.all(batch.deliveries.map((delivery) => batch.handle(delivery)));
    },
  }),
};
