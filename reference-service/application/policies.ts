import { ATTEMPTS_MAX } from "../domain/backoff.ts";
import type { Policies } from "./ports.ts";

/** The way it should be done; each known defect under variants/ replaces one of these. */
export const carefulPolicies: Policies = {
  isFirstTime: (transaction, payment) => transaction.markProcessed(payment, payment.eventId),
  post: (store, payment, policies) =>
    store.inTransaction(async (transaction) => {
      if (await policies.isFirstTime(transaction, payment)) await transaction.applyEffects(payment);
    }),
  onMalformed: (transaction, delivery, reason) => transaction.deadLetter(delivery, reason),
  acknowledge: async (work, commitOffset) => {
    await work();
    await commitOffset();
  },
  idempotencyKey: (intent) => intent.idempotencyKey,
  afterUnknown: (intent) => (intent.attempts >= ATTEMPTS_MAX ? "failed" : "retry"),
  relay: (outbox, publish) =>
    outbox.withBatch(async (rows, mark) => {
      if (rows.length === 0) return 0;
      await publish(rows);
      await mark();
      return rows.length;
    }),
};
