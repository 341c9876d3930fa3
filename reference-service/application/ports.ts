import type { Payment } from "../domain/payment.ts";

/** A delivered record, free of any driver's types. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly value: string | null;
}

/** The statements of one transaction. */
export interface PaymentTransaction {
  /** True the first time this (consumer, event, operation) is seen; waits for a concurrent holder. */
  markProcessed(payment: Payment, eventId: string): Promise<boolean>;
  /** Ledger entry, balance, capture intent and outbox row. */
  applyEffects(payment: Payment): Promise<void>;
  deadLetter(delivery: Delivery, reason: string): Promise<void>;
  /** Sets a balance whatever it is by now. Only a known-broken twin does that. */
  overwriteBalance(accountId: string, balance: number): Promise<void>;
}

export interface PaymentStore {
  /** Runs `work` in one transaction; resolves only when the server answered COMMIT with COMMIT. */
  inTransaction(work: (transaction: PaymentTransaction) => Promise<void>): Promise<void>;
  /** The balance as it is now, outside any transaction. */
  balanceOf(accountId: string): Promise<number>;
}

/** Commits the offset after `delivery`. */
export type CommitOffset = (delivery: Delivery) => Promise<void>;

/** A row to be published. */
export interface OutboxRow {
  readonly id: string;
  readonly eventId: string;
  readonly paymentId: string;
  readonly payload: string;
}

export interface Outbox {
  /**
   * Locks the next unpublished rows (skipping those another relay holds) in a transaction around
   * `work`; `mark` marks them as published in it. Resolves when it has committed.
   */
  withBatch<T>(
    work: (rows: readonly OutboxRow[], mark: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
}

export type Publish = (rows: readonly OutboxRow[]) => Promise<void>;

/** What a known defect replaces; one policy each. */
export interface Policies {
  /** Whether the effects of this payment are to be applied in this transaction. */
  readonly isFirstTime: (transaction: PaymentTransaction, payment: Payment) => Promise<boolean>;
  /** What one payment does to the database. */
  readonly post: (store: PaymentStore, payment: Payment, policies: Policies) => Promise<void>;
  /** What becomes of a record that cannot be parsed. */
  readonly onMalformed: (
    transaction: PaymentTransaction,
    delivery: Delivery,
    reason: string,
  ) => Promise<void>;
  /** In which order a delivery's work and its offset commit happen. */
  readonly acknowledge: (
    work: () => Promise<void>,
    commitOffset: () => Promise<void>,
  ) => Promise<void>;
  /** The idempotency key of this attempt. */
  readonly idempotencyKey: (intent: CaptureIntent) => string;
  /** What an attempt without an answer means. */
  readonly afterUnknown: (intent: CaptureIntent) => "retry" | "failed";
  /** In which order rows are published and marked. Returns how many were published. */
  readonly relay: (outbox: Outbox, publish: Publish) => Promise<number>;
}

/** An unfinished capture this process holds the lease of. */
export interface CaptureIntent {
  readonly id: string;
  readonly paymentId: string;
  readonly eventId: string;
  readonly accountId: string;
  readonly amount: number;
  readonly currency: string;
  readonly idempotencyKey: string;
  /** Attempts including the one about to be made. */
  readonly attempts: number;
}

export interface CaptureStore {
  /** Leases the next open capture, committed before the call leaves; null when none is due. */
  lease(): Promise<CaptureIntent | null>;
  captured(intent: CaptureIntent, providerId: string): Promise<void>;
  retryLater(intent: CaptureIntent, delayMs: number, reason: string): Promise<void>;
  failed(intent: CaptureIntent, reason: string): Promise<void>;
}

export type CaptureAnswer =
  | { readonly kind: "captured"; readonly providerId: string }
  | { readonly kind: "rejected"; readonly reason: string }
  /** Timeout, broken connection, 5xx or "in flight": it may or may not have been applied. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface PaymentsApi {
  capture(intent: CaptureIntent): Promise<CaptureAnswer>;
  /** The provider's id of the capture made under this idempotency key; null when there is none. */
  lookup(idempotencyKey: string): Promise<string | null>;
}
