import { backoffMs } from "../domain/backoff.ts";
import type { Handled, Policies } from "./ports.ts";

/** The way it should be done; each known defect under variants/ replaces one of these. */
export const carefulPolicies: Policies = {
  workThrough: async (batch) => {
    for (const delivery of batch.deliveries) {
      if (!batch.isCurrent()) return;
      await batch.handle(delivery);
    }
  },
  acknowledge: async (work, commitOffset) => {
    const handled = await work();
    await commitOffset();
    return handled;
  },
  dedupKey: ({ role, payment }) => ({
    consumer: role.name,
    eventId: payment.eventId,
    operation: payment.operation,
  }),
  isFirstTime: (transaction, { key, payment }) => transaction.markProcessed(key, payment),
  post: (work, { store }, policies) =>
    store.inTransaction(async (transaction): Promise<Handled> => {
      const sighting = await policies.isFirstTime(transaction, work);
      if (sighting === "seen") return "duplicate";
      if (sighting === "conflict") {
        const reason = "its event id was used for another content";
        return (await transaction.deadLetter(work.delivery, reason)) ? "dead-letter" : "duplicate";
      }
      await work.role.apply(transaction, work.payment);
      return "applied";
    }),
  onMalformed: (transaction, delivery, reason) => transaction.deadLetter(delivery, reason),
  idempotencyKey: (intent) => intent.idempotencyKey,
  afterUnknown: async (intent, reason, { store, api, attemptsMax }) => {
    if (intent.attempts < attemptsMax) {
      return store.retryLater(intent, backoffMs(intent.attempts), reason);
    }
    // The last attempt may have been applied as well: one more look, then it is a person's work.
    const known = await api.lookup(intent.idempotencyKey);
    if (known.kind === "captured") return store.captured(intent, known.providerId);
    return store.unresolved(intent, `unknown after ${intent.attempts} attempts: ${reason}`);
  },
  producesIdempotently: true,
  relay: (outbox, publish) =>
    outbox.withBatch(async (rows, mark) => {
      if (rows.length === 0) return 0;
      await publish(rows);
      await mark();
      return rows.length;
    }),
  retentionMs: (configured) => configured,
  purgeClock: () => null,
  countAs: (handled) => handled,
  listensToPool: true,
  endsWhenDead: true,
};
