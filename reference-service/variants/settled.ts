import type { Publishable } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** What the twins without an outbox publish by themselves. */
export function settledOf(payment: Payment): Publishable {
  const { eventId, paymentId } = payment;
  return { eventId, paymentId, payload: JSON.stringify(payment) };
}
