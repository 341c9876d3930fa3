import { settledOf } from "./settled.ts";
import type { Variant } from "./variant.ts";

export const publishAfterCommitWithoutOutbox: Variant = {
  id: "publish-after-commit-without-outbox",
  breaks: "no-torn-outcomes",
  mechanism:
    "The event is published after COMMIT, without an outbox row. A crash in between leaves a payment nobody is told of: the redelivery is a repeat.",
  apply: (policies) => ({
    ...policies,
    post: async (work, { store, publish }, own) => {
      const handled = await store.inTransaction(async (transaction) => {
        if ((await own.isFirstTime(transaction, work)) !== "first") return "duplicate";
        if (work.role.name !== "payments") await work.role.apply(transaction, work.payment);
        else await transaction.postPayment(work.payment, { withoutOutbox: true });
        return "applied";
      });
      if (handled === "applied" && work.role.name === "payments") {
        await publish([settledOf(work.payment)]);
      }
      return handled;
    },
  }),
};
