import { parsePayment, parseSettled } from "../domain/payment.ts";
import type { Role } from "./ports.ts";

export const EVENT_ID_HEADER = "event-id";

/** Requested payments: posted to the ledger, captured and published, once each. */
export const payments: Role = {
  name: "payments",
  parse: ({ value }) => parsePayment(value),
  apply: (transaction, payment) => transaction.postPayment(payment),
};

/** Settled payments, from this service's own outbox: a consumer like any other, with its own dedup. */
export const settlements: Role = {
  name: "settlements",
  parse: ({ value, headers }) => parseSettled(value, headers[EVENT_ID_HEADER]),
  apply: (transaction, payment) => transaction.recordSettlement(payment),
};
