import type { Variant } from "./variant.ts";

export const dedupKeyFromOffset: Variant = {
  id: "dedup-key-from-offset",
  breaks: "no-duplicate-effects",
  mechanism:
    "The dedup key is the place of the record. An event that its producer sent twice stands at two places.",
  apply: (policies) => ({
    ...policies,
    dedupKey: (work) => {
      const { topic, partition, offset } = work.delivery;
      return { ...policies.dedupKey(work), eventId: `${topic}/${partition}/${offset}` };
    },
  }),
};
