import type { Variant } from "./variant.ts";

export const dedupCommittedBeforeEffect: Variant = {
  id: "dedup-committed-before-effect",
  breaks: "no-lost-effects",
  mechanism:
    "The dedup row is committed in a transaction of its own, before the effects. A crash in between makes the redelivery look like a repeat, and the payment is never posted.",
  apply: (policies) => ({
    ...policies,
    post: async (work, around, own) => {
      if (work.role.name !== "payments") return policies.post(work, around, own);
      const { store } = around;
      const sighting = await store.inTransaction((transaction) =>
        own.isFirstTime(transaction, work),
      );
      if (sighting !== "first") return "duplicate";
      await store.inTransaction((transaction) => work.role.apply(transaction, work.payment));
      return "applied";
    },
  }),
};
