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
  markProcessed(payment: Payment): Promise<boolean>;
  /** Ledger entry, balance, capture intent and outbox row. */
  applyEffects(payment: Payment): Promise<void>;
  deadLetter(delivery: Delivery, reason: string): Promise<void>;
}

export interface PaymentStore {
  /** Runs `work` in one transaction; resolves only when the server answered COMMIT with COMMIT. */
  inTransaction(work: (transaction: PaymentTransaction) => Promise<void>): Promise<void>;
}

/** Commits the offset after `delivery`. */
export type CommitOffset = (delivery: Delivery) => Promise<void>;

/** What a known defect replaces; one policy each. */
export interface Policies {
  /** Whether the effects of this payment are to be applied in this transaction. */
  readonly isFirstTime: (transaction: PaymentTransaction, payment: Payment) => Promise<boolean>;
  /** In which order a delivery's work and its offset commit happen. */
  readonly acknowledge: (
    work: () => Promise<void>,
    commitOffset: () => Promise<void>,
  ) => Promise<void>;
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
  /** Timeout, broken connection or 5xx: it may or may not have been applied. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface PaymentsApi {
  capture(intent: CaptureIntent): Promise<CaptureAnswer>;
  /** The provider's id of the capture made under this idempotency key; null when there is none. */
  lookup(idempotencyKey: string): Promise<string | null>;
}
