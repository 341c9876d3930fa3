import { handleDelivery } from "./handle-delivery.ts";
import type { Delivery, Handled, Metrics, PaymentStore, Policies, Role } from "./ports.ts";

export interface ReplayMeans {
  readonly role: Role;
  readonly policies: Policies;
  readonly store: PaymentStore;
  /** False: every transaction is rolled back. */
  readonly isApplied: boolean;
  readonly nowMs: () => number;
}

export interface Replayed {
  /** What came of it, or would come. */
  readonly handled: Handled | "failed";
  /** Why it failed; side effects that were asked for and suppressed. */
  readonly remarks: readonly string[];
}

/**
 * Handles one delivery again, by the very path of the service: no offset is committed, nothing is
 * published, nobody is called. What is applied leaves its capture intent and outbox row to the
 * service's own workers, like any event.
 */
export async function replayDelivery(delivery: Delivery, means: ReplayMeans): Promise<Replayed> {
  const { role, policies, isApplied, nowMs } = means;
  const remarks: string[] = [];
  const suppressed = "suppressed by the replay";
  const silent = { kind: "unknown", reason: suppressed } as const;
  const note = (what: string): void => void remarks.push(`${what} ${suppressed}`);
  try {
    const handled = await handleDelivery(delivery, () => Promise.resolve(), {
      role,
      policies,
      nowMs,
      store: isApplied ? means.store : rolledBack(means.store),
      metrics: uncounted,
      publish: (rows) => {
        for (const { eventId } of rows) note(`publishing ${eventId}`);
        return Promise.resolve();
      },
      api: {
        capture: ({ idempotencyKey }) => {
          note(`call ${idempotencyKey}`);
          return Promise.resolve(silent);
        },
        lookup: () => Promise.resolve(silent),
      },
    });
    return { handled, remarks };
  } catch (error) {
    return { handled: "failed", remarks: [...remarks, String(error)] };
  }
}

const uncounted: Metrics = {
  delivered: () => undefined,
  handled: () => undefined,
  failed: () => undefined,
  called: () => undefined,
  lookedUp: () => undefined,
};

class RolledBack extends Error {
  override name = "RolledBack";
}

/** The same store, whose transactions do all of their work and never commit. */
function rolledBack(store: PaymentStore): PaymentStore {
  const inTransaction: PaymentStore["inTransaction"] = async (work) => {
    const results: Awaited<ReturnType<typeof work>>[] = [];
    try {
      await store.inTransaction(async (transaction) => {
        results.push(await work(transaction));
        throw new RolledBack("a dry run commits nothing");
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
    const [result] = results;
    if (result === undefined) throw new Error("the transaction ended without a result");
    return result;
  };
  return {
    ...store,
    inTransaction,
    inUncheckedTransaction: inTransaction,
    purgeProcessed: () => Promise.resolve(false),
  };
}
