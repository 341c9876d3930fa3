import type { Variant } from "./variant.ts";

export const dedupKeyWithoutOperation: Variant = {
  id: "dedup-key-without-operation",
  breaks: "no-lost-effects",
  mechanism:
    "The dedup key is (consumer, event id). The second operation of one event is taken for a repeat of the first.",
  apply: (policies) => ({
    ...policies,
    dedupKey: (work) => ({ ...policies.dedupKey(work), operation: "any" }),
    isFirstTime: async (transaction, work) => {
      const sighting = await policies.isFirstTime(transaction, work);
      return sighting === "conflict" ? "seen" : sighting;
    },
  }),
};
