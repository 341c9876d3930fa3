import type { Variant } from "./variant.ts";

export const effectCommittedBeforeDedup: Variant = {
  id: "effect-committed-before-dedup",
  breaks: "no-duplicate-effects",
  mechanism:
    "The effects are committed first, the dedup row in a transaction of its own behind them. A crash in between posts the payment again.",
  apply: (policies) => ({
    ...policies,
    post: async (work, around, own) => {
      if (work.role.name !== "payments") return policies.post(work, around, own);
      const { store } = around;
      const isKnown = await store.inTransaction(async (transaction) => {
        if (await transaction.hasProcessed(work.key)) return true;
        await work.role.apply(transaction, work.payment);
        return false;
      });
      if (isKnown) return "duplicate";
      await store.inTransaction((transaction) => transaction.markProcessed(work.key, work.payment));
      return "applied";
    },
  }),
};
