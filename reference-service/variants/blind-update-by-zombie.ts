import type { Variant } from "./variant.ts";

export const blindUpdateByZombie: Variant = {
  id: "blind-update-by-zombie",
  breaks: "no-stale-overwrites",
  mechanism:
    "The new balance is computed before the transaction and written as an absolute value, whether or not the event is new. A zombie that wakes late writes over what has happened since.",
  apply: (policies) => ({
    ...policies,
    post: async (work, around, own) => {
      const { accountId, amount } = work.payment;
      const { balance, version } = await around.store.accountOf(accountId);
      return around.store.inTransaction(async (transaction) => {
        if ((await own.isFirstTime(transaction, work)) === "first") {
          await work.role.apply(transaction, work.payment);
          return "applied";
        }
        if (work.role.name === "payments") {
          const account = { balance: balance + amount, version: version + 1 };
          await transaction.overwriteBalance(accountId, account);
        }
        return "duplicate";
      });
    },
  }),
};
