/**
 * The protocol under check as data: what an instance does with a record, an outbox row or a capture,
 * step by step. A known defect is a protocol with one program or one policy replaced.
 */

/** One step of a consumer. A step that finds the event handled skips what only a first time does. */
export type Instruction =
  /** Inserts the dedup row (waiting for whoever holds its key) and reads whether it was the first. */
  | "mark"
  /** Looks whether a dedup row is committed; claims nothing. */
  | "look"
  /** As `mark`, but nobody reads the answer. */
  | "claim"
  /** Reads the account outside any transaction. */
  | "read-account"
  /** Ledger entry, balance under its row lock, capture to be made. */
  | "post"
  | "outbox"
  /** Only for an event that was handled before: sets the balance to what was read, plus the amount. */
  | "overwrite"
  | "settle"
  | "dead-letter"
  /** Calls the API from within the handler, under a key that is made there. */
  | "call"
  | "publish"
  | "commit"
  /** Commits the offset behind this record. */
  | "offset"
  /** Commits the offset behind the last record of the batch. */
  | "offset-of-batch"
  /** If the event was handled before: commits the batch's offset and leaves the batch. */
  | "leave-batch-if-seen";

export type RelayInstruction = "publish" | "mark-published" | "commit";

/** What an event is told apart by. */
export interface DedupWork {
  readonly consumer: string;
  readonly eventId: string;
  readonly operation: string;
  readonly key: string;
  /** "topic/partition/offset" of the delivery. */
  readonly place: string;
}

export interface DedupKey {
  readonly consumer: string;
  readonly eventId: string;
  readonly operation: string;
}

export interface CaptureWork {
  readonly eventId: string;
  readonly operation: string;
  readonly attempts: number;
}

export interface Protocol {
  readonly payments: readonly Instruction[];
  /** For a record that cannot be parsed. */
  readonly poison: readonly Instruction[];
  readonly settlements: readonly Instruction[];
  /** After the last record of a batch. */
  readonly batch: readonly Instruction[];
  /** The records of a batch are handled side by side. */
  readonly isSideBySide: boolean;
  readonly relay: readonly RelayInstruction[];
  /** Which rows: the oldest of each key that are unpublished, or less carefully chosen ones. */
  readonly relayTakes: "oldest-of-key" | "any-unpublished" | "above-last-published";
  /** Published records carry their event id. */
  readonly namesEvents: boolean;
  readonly dedupKey: (work: DedupWork) => DedupKey;
  readonly idempotencyKey: (capture: CaptureWork) => string;
  readonly afterUnknownCall: "retry" | "give-up";
  readonly afterRefusedStatement: "throw" | "go-on";
  /** `none`: dedup rows may be purged at any time after their commit. */
  readonly retention: "outlives-redelivery" | "none";
}

/** As a careful team would do it; never violates, whatever happens at whichever step. */
export const carefulProtocol: Protocol = {
  payments: ["mark", "post", "outbox", "commit", "offset"],
  poison: ["dead-letter", "commit", "offset"],
  settlements: ["mark", "settle", "commit", "offset"],
  batch: [],
  isSideBySide: false,
  relay: ["publish", "mark-published", "commit"],
  relayTakes: "oldest-of-key",
  namesEvents: true,
  dedupKey: ({ consumer, eventId, operation }) => ({ consumer, eventId, operation }),
  idempotencyKey: ({ eventId, operation }) => `capture:${eventId}:${operation}`,
  afterUnknownCall: "retry",
  afterRefusedStatement: "throw",
  retention: "outlives-redelivery",
};
