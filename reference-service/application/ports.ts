import type { Payment } from "../domain/payment.ts";

/** Where a record stands. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** The type, in the metrics, of a record that says none. */
export const UNREADABLE = "unreadable";

/** A delivered record, free of any driver's types. */
export interface Delivery extends Place {
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When its producer says it was made, milliseconds of the wall clock. */
  readonly madeAtMs: number;
}

/** What makes two deliveries the same piece of work. */
export interface DedupKey {
  readonly consumer: string;
  readonly eventId: string;
  readonly operation: string;
}

/** `conflict`: the event id was used before, for another content. */
export type Sighting = "first" | "seen" | "conflict";

/** The statements of one transaction. */
export interface PaymentTransaction {
  /** First or not, decided by the database; waits for a concurrent holder of the same key. */
  markProcessed(key: DedupKey, payment: Payment): Promise<Sighting>;
  /** Whether a dedup row is there by now: a look, not a claim. */
  hasProcessed(key: DedupKey): Promise<boolean>;
  /** Ledger entry and balance, capture intent, and (unless told not to) the outbox row. */
  postPayment(payment: Payment, options?: PostOptions): Promise<void>;
  recordSettlement(payment: Payment): Promise<void>;
  /** False when the record is a dead letter already. */
  deadLetter(delivery: Delivery, reason: string): Promise<boolean>;
  /** Sets a balance and its version whatever they are by now. Only a known-broken twin does that. */
  overwriteBalance(accountId: string, account: Account): Promise<void>;
}

export interface PostOptions {
  readonly withoutOutbox?: boolean;
  /** A capture that was already made: recorded, not to be made again. */
  readonly captured?: { readonly idempotencyKey: string; readonly providerId: string };
}

export interface Account {
  readonly balance: number;
  readonly version: number;
}

export interface PaymentStore {
  /** Runs `work` in one transaction; resolves only when the server answered COMMIT with COMMIT. */
  inTransaction<T>(work: (transaction: PaymentTransaction) => Promise<T>): Promise<T>;
  /** As above, but takes any answer to COMMIT for a commit. Only a known-broken twin uses it. */
  inUncheckedTransaction<T>(work: (transaction: PaymentTransaction) => Promise<T>): Promise<T>;
  /** The account as it is now, outside any transaction. */
  accountOf(accountId: string): Promise<Account>;
  /**
   * Deletes dedup rows older than this, some at a time; true when there may be more. What time it is
   * the database says, unless `now` does.
   */
  purgeProcessed(retentionMs: number, now: Date | null): Promise<boolean>;
}

/** A row to be published. */
export interface OutboxRow {
  readonly id: string;
  readonly eventId: string;
  readonly paymentId: string;
  readonly payload: string;
}

/** What is published: an outbox row, or the same without one. */
export type Publishable = Omit<OutboxRow, "id">;

export interface Outbox {
  /**
   * Locks the next unpublished rows (skipping those another relay holds) in a transaction around
   * `work`; `mark` marks them as published in it. Resolves when it has committed.
   */
  withBatch<T>(
    work: (rows: readonly OutboxRow[], mark: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
  /** The same, but only rows with an id above the highest that is published. */
  withBatchAfterLast<T>(
    work: (rows: readonly OutboxRow[], mark: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
  /** Rows that are not published yet. */
  backlog(): Promise<number>;
  /** Deletes rows published longer ago than this, some at a time; true when there may be more. */
  purgePublished(retentionMs: number): Promise<boolean>;
}

export interface PublishOptions {
  readonly withoutEventId?: boolean;
}

export type Publish = (rows: readonly Publishable[], options?: PublishOptions) => Promise<void>;

export type Handled = "applied" | "duplicate" | "dead-letter";

/** Deliveries of one partition that the library handed over together. */
export interface Batch {
  readonly deliveries: readonly Delivery[];
  /** False once the partition may belong to somebody else, or the process is to stop. */
  isCurrent(): boolean;
  /** Does the work of one delivery and commits the offset behind it. */
  handle(delivery: Delivery): Promise<Handled>;
  /** Commits the offset behind a delivery. */
  commitOffset(delivery: Delivery): Promise<void>;
}

/** One consumer group of this service: what its events mean, and what they do. */
export interface Role {
  readonly name: "payments" | "settlements";
  readonly parse: (
    delivery: Delivery,
  ) =>
    | { readonly kind: "payment"; readonly payment: Payment }
    | { readonly kind: "malformed"; readonly reason: string };
  readonly apply: (transaction: PaymentTransaction, payment: Payment) => Promise<void>;
}

/** One event in one consumer's hands. */
export interface Work {
  readonly role: Role;
  readonly delivery: Delivery;
  readonly payment: Payment;
  readonly key: DedupKey;
}

/** What handling an event may touch besides its transaction. */
export interface Surroundings {
  readonly store: PaymentStore;
  readonly publish: Publish;
  readonly api: PaymentsApi;
}

/** What a known defect replaces; one policy each. */
export interface Policies {
  /** How deliveries of one partition are worked through. */
  readonly workThrough: (batch: Batch, role: Role) => Promise<void>;
  /** In which order a delivery's work and its offset commit happen. */
  readonly acknowledge: (
    work: () => Promise<Handled>,
    commitOffset: () => Promise<void>,
    role: Role,
  ) => Promise<Handled>;
  /** What makes two deliveries the same piece of work. */
  readonly dedupKey: (work: Omit<Work, "key">) => DedupKey;
  /** Whether the effects of this event are to be applied in this transaction. */
  readonly isFirstTime: (transaction: PaymentTransaction, work: Work) => Promise<Sighting>;
  /** What one event does to the database, and when. */
  readonly post: (work: Work, around: Surroundings, policies: Policies) => Promise<Handled>;
  /** What becomes of a record that cannot be parsed; false when it had been kept before. */
  readonly onMalformed: (
    transaction: PaymentTransaction,
    delivery: Delivery,
    reason: string,
  ) => Promise<boolean>;
  /** The idempotency key of this attempt. */
  readonly idempotencyKey: (intent: CaptureIntent) => string;
  /** What becomes of a capture whose attempt had no answer. */
  readonly afterUnknown: (
    intent: CaptureIntent,
    reason: string,
    means: CaptureMeans,
  ) => Promise<void>;
  /** Whether the broker tells a batch that is sent again by its sequence number. */
  readonly producesIdempotently: boolean;
  /** In which order rows are published and marked. Returns how many were published. */
  readonly relay: (outbox: Outbox, publish: Publish) => Promise<number>;
  /** How long dedup rows are kept, given what the configuration says. Milliseconds. */
  readonly retentionMs: (configured: number) => number;
  /** By which clock dedup rows grow old; null: by that of the database, which wrote their times. */
  readonly purgeClock: () => Date | null;
  /** What the metrics count a handled delivery as. */
  readonly countAs: (handled: Handled) => Handled;
  /** Whether an error of an idle database connection is listened to. */
  readonly listensToPool: boolean;
  /** Whether the process ends when its consumer is dead. */
  readonly endsWhenDead: boolean;
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
  /** Final: the provider has refused it, so there is no charge. */
  failed(intent: CaptureIntent, reason: string): Promise<void>;
  /** Final for this service, not known to be anything: a person must find out. */
  unresolved(intent: CaptureIntent, reason: string): Promise<void>;
  /** How many are unresolved. */
  unresolvedCount(): Promise<number>;
}

export interface CaptureMeans {
  readonly store: CaptureStore;
  readonly api: PaymentsApi;
  /** Attempts before a capture is given up as unresolved. */
  readonly attemptsMax: number;
}

export type CaptureAnswer =
  | { readonly kind: "captured"; readonly providerId: string }
  | { readonly kind: "rejected"; readonly reason: string }
  /** Timeout, broken connection, 5xx or "in flight": it may or may not have been applied. */
  | { readonly kind: "unknown"; readonly reason: string };

export type LookupAnswer =
  Extract<CaptureAnswer, { kind: "captured" | "unknown" }> | { readonly kind: "absent" };

export interface PaymentsApi {
  capture(intent: Omit<CaptureIntent, "id" | "attempts">): Promise<CaptureAnswer>;
  /** Whether a capture was made under this idempotency key, and which. */
  lookup(idempotencyKey: string): Promise<LookupAnswer>;
}

/** What the service says of itself. Counted after the fact: an effect when its COMMIT was answered. */
export interface Metrics {
  delivered(consumer: string, place: Place): void;
  /** A delivery that is done with; `seconds` since its event was made. */
  handled(consumer: string, type: string, handled: Handled, seconds: number): void;
  /** A delivery whose work failed and will come again. */
  failed(consumer: string, place: Place): void;
  called(outcome: CaptureAnswer["kind"]): void;
  lookedUp(outcome: LookupAnswer["kind"]): void;
}
