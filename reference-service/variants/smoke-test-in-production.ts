import { randomUUID } from "node:crypto";
import type { Work } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";
import type { Variant } from "./variant.ts";

export const smokeTestInProduction: Variant = {
  id: "smoke-test-in-production",
  breaks: "no-phantom-effects",
  mechanism:
    "Before its first payment an instance books one of its own, to see that the ledger works. Nobody asked for it, and it is never taken back.",
  apply: (policies) => {
    let isTested = false;
    return {
      ...policies,
      post: async (work, around, all) => {
        if (!isTested && work.role.name === "payments") {
          isTested = true;
          const test = testPayment(work);
          const captured = { idempotencyKey: `capture:${test.eventId}`, providerId: "none" };
          await around.store.inTransaction((transaction) =>
            transaction.postPayment(test, { withoutOutbox: true, captured }),
          );
        }
        return policies.post(work, around, all);
      },
    };
  },
};

function testPayment({ payment }: Work): Payment {
  const id = `smoke-test-${randomUUID()}`;
  return { ...payment, paymentId: id, eventId: id, amount: 1, operation: "payment" };
}
