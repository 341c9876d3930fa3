import { settledOf } from "./settled.ts";
import type { Variant } from "./variant.ts";

export const publishBeforeCommit: Variant = {
  id: "publish-before-commit",
  breaks: "no-phantom-publishes",
  mechanism:
    "The event is published inside the transaction. When COMMIT fails, the world was told of a payment that does not exist.",
  apply: (policies) => ({
    ...policies,
    post: (work, { store, publish }, own) =>
      store.inTransaction(async (transaction) => {
        if ((await own.isFirstTime(transaction, work)) !== "first") return "duplicate";
        if (work.role.name !== "payments") await work.role.apply(transaction, work.payment);
        else {
          await transaction.postPayment(work.payment, { withoutOutbox: true });
          await publish([settledOf(work.payment)]);
        }
        return "applied";
      }),
  }),
};
