import type { Delivery, Handled, Metrics, Policies, Role, Surroundings } from "./ports.ts";

export interface HandleContext extends Surroundings {
  readonly role: Role;
  readonly policies: Policies;
  readonly metrics: Metrics;
  /** Milliseconds of the wall clock. */
  readonly nowMs: () => number;
}

/** Handles one delivery: all effects in one transaction, then the offset. */
export async function handleDelivery(
  delivery: Delivery,
  commitOffset: () => Promise<void>,
  context: HandleContext,
): Promise<Handled> {
  const { role, policies, metrics } = context;
  const parsed = role.parse(delivery);
  const type = parsed.kind === "payment" ? parsed.payment.operation : "unreadable";
  metrics.delivered(role.name);
  const work = async (): Promise<Handled> => {
    const handled = await applyDelivery(delivery, parsed, context);
    const seconds = Math.max(0, context.nowMs() - delivery.madeAtMs) / 1_000;
    metrics.handled(role.name, type, policies.countAs(handled), seconds);
    return handled;
  };
  try {
    return await policies.acknowledge(work, commitOffset, role);
  } catch (error) {
    metrics.retried(role.name);
    throw error;
  }
}

async function applyDelivery(
  delivery: Delivery,
  parsed: ReturnType<Role["parse"]>,
  context: HandleContext,
): Promise<Handled> {
  const { role, policies, store } = context;
  if (parsed.kind === "payment") {
    const { payment } = parsed;
    const key = policies.dedupKey({ role, delivery, payment });
    return policies.post({ role, delivery, payment, key }, context, policies);
  }
  const isNew = await store.inTransaction((transaction) =>
    policies.onMalformed(transaction, delivery, parsed.reason),
  );
  return isNew ? "dead-letter" : "duplicate";
}
