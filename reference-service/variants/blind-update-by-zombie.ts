import type { Variant } from "./variant.ts";

export const blindUpdateByZombie: Variant = {
  id: "blind-update-by-zombie",
  breaks: "money-conserved",
  mechanism:
    "The new balance is computed before the transaction and written as an absolute value, whether or not the event is new. A redelivery, or a zombie that wakes late, adds the amount to the balance again.",
  apply: (policies) => ({
    ...policies,
    post: async (store, payment, own) => {
      const balance = await store.balanceOf(payment.accountId);
      await store.inTransaction(async (transaction) => {
        if (await own.isFirstTime(transaction, payment)) return transaction.applyEffects(payment);
        await transaction.overwriteBalance(payment.accountId, balance + payment.amount);
      });
    },
  }),
};
