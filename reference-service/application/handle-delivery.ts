import { parsePayment } from "../domain/payment.ts";
import type { CommitOffset, Delivery, PaymentStore, Policies } from "./ports.ts";

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
  if (parsed.kind === "payment") return policies.post(store, parsed.payment, policies);
  await store.inTransaction((transaction) =>
    policies.onMalformed(transaction, delivery, parsed.reason),
  );
}
