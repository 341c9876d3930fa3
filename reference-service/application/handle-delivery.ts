import { Refused } from "./refused.ts";
import {
  UNREADABLE,
  type Delivery,
  type Handled,
  type Metrics,
  type Policies,
  type Role,
  type Surroundings,
} from "./ports.ts";

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
  const type = parsed.kind === "payment" ? parsed.payment.operation : UNREADABLE;
  metrics.delivered(role.name, delivery);
  const work = async (): Promise<Handled> => {
    const handled = await applyDelivery(delivery, parsed, context);
    const seconds = Math.max(0, context.nowMs() - delivery.madeAtMs) / 1_000;
    metrics.handled(role.name, type, policies.countAs(handled), seconds);
    return handled;
  };
  try {
    return await policies.acknowledge(work, commitOffset, role);
  } catch (error) {
    metrics.failed(role.name, delivery);
    throw error;
  }
}

async function applyDelivery(
  delivery: Delivery,
  parsed: ReturnType<Role["parse"]>,
  context: HandleContext,
): Promise<Handled> {
  const { role, policies, store } = context;
  const keep = async (reason: string): Promise<Handled> => {
    const isNew = await store.inTransaction((transaction) =>
      policies.onMalformed(transaction, delivery, reason),
    );
    return isNew ? "dead-letter" : "duplicate";
  };
  if (parsed.kind === "malformed") return keep(parsed.reason);
  const { payment } = parsed;
  const key = policies.dedupKey({ role, delivery, payment });
  try {
    return await policies.post({ role, delivery, payment, key }, context, policies);
  } catch (error) {
    // Tried again it would hold up its partition for ever; its transaction is rolled back.
    if (error instanceof Refused) return keep(`refused: ${error.message}`);
    throw error;
  }
}
