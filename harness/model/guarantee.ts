/** Guarantees are affirmative sentences in kebab-case; each has one checker file and one docs section. */
export const GUARANTEES = [
  "no-lost-effects",
  "no-duplicate-effects",
  "no-phantom-effects",
  "no-torn-outcomes",
  "no-duplicate-calls",
  "idempotency-keys-stable",
  "outbox-fully-published",
  "money-conserved",
  "offsets-never-ahead-of-effects",
  "every-input-accounted",
  "no-phantom-publishes",
  "no-duplicate-publishes",
  "ordered-per-key",
  "no-stale-overwrites",
  "no-zombie-effects",
  "dedup-outlives-redelivery",
  "metrics-tell-the-truth",
  "recovers-within",
] as const;
export type GuaranteeId = (typeof GUARANTEES)[number];

/** One line of a finding's story: a fact, when it happened, and the `seq` of the event behind it. */
export interface StoryLine {
  readonly seq: number;
  readonly atMs: number;
  readonly text: string;
}

/** A broken guarantee with the evidence that shows it. */
export interface Finding {
  readonly guarantee: GuaranteeId;
  /** One sentence that quotes the guarantee and what was seen instead. */
  readonly message: string;
  /** Business key; null when the finding is about no single key. */
  readonly key: string | null;
  /** Seqs of the fewest events that show it; absent where what is missing shows in no event. */
  readonly seqs?: readonly number[];
  /** The story of that key across Kafka, Postgres, HTTP and processes, in order. */
  readonly witness: readonly StoryLine[];
}

/** `violated: null` means it could not be judged; `reason` says why. */
export interface GuaranteeResult {
  readonly id: GuaranteeId;
  readonly violated: boolean | null;
  readonly reason?: string;
  readonly findings: readonly Finding[];
}
