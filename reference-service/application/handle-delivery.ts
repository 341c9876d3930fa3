import { parsePayment } from "../domain/payment.ts";
import type { CommitOffset, Delivery, PaymentStore, Policies } from "./ports.ts";

/** The way it should be done: the dedup row gates the effects, the offset follows the commit. */
export const carefulPolicies: Policies = {
  isFirstTime: (transaction, payment) => transaction.markProcessed(payment),
  acknowledge: async (work, commitOffset) => {
    await work();
    await commitOffset();
  },
};

/** Handles one delivery: all effects in one transaction, then the offset. */
export async function handleDelivery(
  delivery: Delivery,
  context: {
    readonly store: PaymentStore;
    readonly commitOffset: CommitOffset;
    readonly policies: Policies;
  },
): Promise<void> {
  await context.policies.acknowledge(
    () => applyDelivery(delivery, context.store, context.policies),
    () => context.commitOffset(delivery),
  );
}

async function applyDelivery(
  delivery: Delivery,
  store: PaymentStore,
  policies: Policies,
): Promise<void> {
  const parsed = parsePayment(delivery.value);
  await store.inTransaction(async (transaction) => {
    if (parsed.kind === "malformed") return transaction.deadLetter(delivery, parsed.reason);
    if (await policies.isFirstTime(transaction, parsed.payment)) {
      await transaction.applyEffects(parsed.payment);
    }
  });
}
