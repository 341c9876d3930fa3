import { createHash } from "node:crypto";
import type { Payment } from "../domain/payment.ts";
import { handleDelivery } from "./handle-delivery.ts";
import type {
  DedupKey,
  Delivery,
  Handled,
  Metrics,
  PaymentStore,
  PaymentTransaction,
  Policies,
  PostOptions,
  Role,
} from "./ports.ts";
import { payments } from "./roles.ts";

export const payment: Payment = {
  eventId: "evt-1",
  paymentId: "pay-1",
  accountId: "acc-1",
  amount: 5,
  currency: "EUR",
  operation: "payment",
};

export function deliveryOf(value: string, offset = "4"): Delivery {
  const headers = { "event-id": "evt-1" };
  return { topic: "t", partition: 0, offset, value, headers, madeAtMs: 0 };
}

/** A consumer on a database in memory that writes down each step; `fail` makes a step throw. */
export function rig(
  policies: Policies,
  options: { readonly fail?: string; readonly error?: Error; readonly role?: Role } = {},
) {
  const steps: string[] = [];
  const counted: string[] = [];
  const seen = new Map<string, string>();
  const step = (name: string): Promise<void> => {
    steps.push(name);
    const error = options.error ?? new Error(name);
    return name === options.fail ? Promise.reject(error) : Promise.resolve();
  };
  const nameOf = (key: DedupKey): string => `${key.consumer}/${key.eventId}/${key.operation}`;
  const transaction: PaymentTransaction = {
    markProcessed: async (key, event) => {
      const print = createHash("sha1").update(JSON.stringify(event)).digest("hex");
      const known = seen.get(nameOf(key));
      if (known === undefined) seen.set(nameOf(key), print);
      await step(`mark ${nameOf(key)}`);
      if (known === undefined) return "first";
      return known === print ? "seen" : "conflict";
    },
    hasProcessed: (key) => Promise.resolve(seen.has(nameOf(key))),
    postPayment: (_, how: PostOptions = {}) =>
      step(how.withoutOutbox === true ? "post without outbox" : "post"),
    recordSettlement: () => step("settle"),
    deadLetter: async ({ offset }, reason) => {
      const isNew = !seen.has(`dead letter ${offset}`);
      seen.set(`dead letter ${offset}`, "");
      await step(`dead letter: ${reason}`);
      return isNew;
    },
    overwriteBalance: (_, { balance, version }) =>
      step(`overwrite with ${balance}, version ${version}`),
  };
  const inTransaction = async <T>(work: (on: PaymentTransaction) => Promise<T>): Promise<T> => {
    const result = await work(transaction);
    await step("commit");
    return result;
  };
  const store: PaymentStore = {
    inTransaction,
    inUncheckedTransaction: inTransaction,
    accountOf: () => Promise.resolve({ balance: 100, version: 7 }),
    purgeProcessed: () => Promise.resolve(false),
  };
  const api = {
    capture: async () => {
      await step("call");
      return { kind: "captured", providerId: "cap_1" } as const;
    },
    lookup: () => Promise.resolve({ kind: "absent" } as const),
  };
  const handle = (delivery: Delivery): Promise<Handled> =>
    handleDelivery(delivery, () => step("offset"), {
      role: options.role ?? payments,
      policies,
      api,
      publish: () => step("publish"),
      store,
      metrics: countedIn(counted),
      nowMs: () => 250,
    });
  return { steps, counted, handle, store };
}

function countedIn(counted: string[]): Metrics {
  return {
    delivered: (consumer) => counted.push(`delivered ${consumer}`),
    handled: (_, type, handled, seconds) => counted.push(`${handled} ${type} ${seconds}`),
    failed: (consumer) => counted.push(`failed ${consumer}`),
    called: () => undefined,
    lookedUp: () => undefined,
  };
}
