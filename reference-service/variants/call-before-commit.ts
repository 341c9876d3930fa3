import { randomUUID } from "node:crypto";
import type { Variant } from "./variant.ts";

export const callBeforeCommit: Variant = {
  id: "call-before-commit",
  breaks: "no-duplicate-calls",
  mechanism:
    "The API is called inside the transaction, under a key that is made there. A crash before COMMIT takes the key back, not the charge, and the redelivery charges again.",
  apply: (policies) => ({
    ...policies,
    post: (work, { store, api }, own) =>
      store.inTransaction(async (transaction) => {
        if ((await own.isFirstTime(transaction, work)) !== "first") return "duplicate";
        if (work.role.name !== "payments") {
          await work.role.apply(transaction, work.payment);
          return "applied";
        }
        const idempotencyKey = `capture:${randomUUID()}`;
        const answer = await api.capture({ ...work.payment, idempotencyKey });
        if (answer.kind !== "captured") throw new Error(answer.reason);
        const captured = { idempotencyKey, providerId: answer.providerId };
        await transaction.postPayment(work.payment, { captured });
        return "applied";
      }),
  }),
};
