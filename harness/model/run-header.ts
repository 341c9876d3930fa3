import type { BoundaryName } from "./boundary.ts";
import type { GuaranteeId } from "./guarantee.ts";

export const EVICTIONS = ["harness-leave-group", "session-timeout"] as const;
/** How a dead or unreachable member leaves its group. */
export type Eviction = (typeof EVICTIONS)[number];

/** How a declared effect shows itself in the evidence. */
export type EffectDeclaration =
  /** A row of `table`; `key` and `eventId` name its columns. */
  | {
      readonly id: string;
      readonly kind: "row";
      readonly table: string;
      readonly key: string;
      readonly eventId: string;
      readonly amount?: string;
      readonly account?: string;
      /** Id of a record effect that this one follows: only expected once that was published. */
      readonly follows?: string;
    }
  /** An external call that the API double applied. */
  | { readonly id: string; readonly kind: "call"; readonly api: string }
  /** A published record of an output topic. At-least-once publishing may repeat an event id. */
  | {
      readonly id: string;
      readonly kind: "record";
      readonly topic: string;
      readonly delivery: "at-least-once" | "once";
    };

/** Where balances live, so that money can be counted. Columns hold integers (minor units). */
export interface BalanceDeclaration {
  readonly table: string;
  readonly account: string;
  readonly balance: string;
  /** Id of the row effect whose amounts must add up to the balance. */
  readonly ledger: string;
  /** Column that every change must raise: a lower or equal one is a stale overwrite. */
  readonly version?: string;
}

/** Where the outbox lives: rows to be published as `record`. */
export interface OutboxDeclaration {
  readonly table: string;
  /** Column of the business key; needed where several operations share an event id. */
  readonly key?: string;
  readonly eventId: string;
  /** Column that is non-null once the relay has published the row. */
  readonly publishedAt: string;
  /** Id of the record effect it publishes. */
  readonly record: string;
}

/** Where dead letters live: input records that were given up, by their place. */
export interface DeadLetterDeclaration {
  readonly table: string;
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
  /** Column that says why; it must not be empty. */
  readonly reason?: string;
}

/** Where dedup rows live, so that the effective key of two versions can be compared. */
export interface DedupDeclaration {
  readonly table: string;
  /** Column that ties a row to its business key. */
  readonly key: string;
  /** Column that tells consumers apart that share the table. */
  readonly consumer?: string;
  /** Columns that make up the dedup key. */
  readonly columns: readonly string[];
}

/** A series of the Prometheus text format; all with these labels are added up. */
export interface Series {
  readonly series: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The subject's own metrics, compared with what the wires and ledgers showed. */
export interface MetricsDeclaration {
  /** Path beside the health path, in the Prometheus text format. */
  readonly path: string;
  /** Counters of events that took effect: `effect` is the id of a row effect. */
  readonly effects?: readonly (Series & { readonly effect: string })[];
  /** Counter of deliveries that had been handled before. */
  readonly duplicates?: Series;
  /** `unknown`: the labels of calls whose answer never came; the rest were answered. */
  readonly calls?: Series & {
    readonly api: string;
    readonly unknown?: Readonly<Record<string, string>>;
  };
  /** Counter of records that were handed to a handler. */
  readonly deliveries?: Series;
  /** Counter of records that a process was handed again after it had failed on them. */
  readonly retries?: Series;
  readonly deadLetters?: Series;
  /** `_count` of an end-to-end latency histogram over everything that took effect. */
  readonly latency?: Series & {
    /** Label that holds the operation: then each operation is compared by itself. */
    readonly operation?: string;
  };
}

/**
 * What becomes of the frame that met the trigger, once the fault is confirmed. `drop`: the other
 * side never sees it. The rest only at `http.*.requested`, carried out by the API double:
 * `apply-late` (after the caller gave up), `apply-twice`, `answer-500`, `answer-503`, `answer-409`
 * (the last three without applying).
 */
export const HELD_FRAME_FATES = [
  "release",
  "drop",
  "apply-late",
  "apply-twice",
  "answer-500",
  "answer-503",
  "answer-409",
] as const;
export type HeldFrameFate = (typeof HELD_FRAME_FATES)[number];

/** One planned fault as the judge sees it. */
export interface PlannedFault {
  readonly id: string;
  readonly fault: string;
  readonly boundary: BoundaryName;
  /** Business key the trigger waits for; null when the trigger matches any. */
  readonly key: string | null;
  readonly trigger: string;
  /** Absent in histories of earlier versions. */
  readonly heldFrame?: HeldFrameFate;
}

/** What must have been seen for a pass to mean something. */
export interface Exercise {
  readonly eventsMin: number;
  readonly redelivery: Redelivery;
  /** Id of the fault that must have made it happen again; without it each fault must. */
  readonly of?: string;
  /**
   * The victim must have come back as a zombie: it sent an offset commit for a partition that had
   * another owner by then (the one act that no background worker makes).
   */
  readonly zombie?: boolean;
  /** Id of another fault: only what came again after it had been confirmed counts. */
  readonly since?: string;
  /** Dedup rows must have been deleted by the time the record in flight at `of` was first handled. */
  readonly purged?: boolean;
}

/**
 * What a fault must have made happen again. `in-flight-record`: the very offset in flight was
 * delivered to another instance; `in-flight-record-again`: to any instance, the victim included.
 * `call`: the external API was called or asked again for the key in flight. `publish`: the event was
 * published again. `produce-again`: it was sent to the broker again, which may have stored the first.
 * `commit-again`: the offset commit in flight was sent again, and accepted. `copy`: what the producer sent twice was delivered twice. `output-record`: the
 * published record was delivered again. `earlier-records`: every record delivered before the fault was
 * delivered again. `none`: nothing, the fault's own evidence is enough.
 */
export const REDELIVERIES = [
  "none",
  "in-flight-record",
  "in-flight-record-again",
  "call",
  "publish",
  "produce-again",
  "commit-again",
  "copy",
  "output-record",
  "earlier-records",
] as const;
export type Redelivery = (typeof REDELIVERIES)[number];

/** Limits a scenario is judged by. */
export interface Limits {
  /** From the fault fired to drained. */
  readonly recoveryMsMax: number;
}

/** The user's project as git knew it when the run began. */
export interface ProjectState {
  readonly commit: string;
  /** True when files of the project were changed or new beside that commit. */
  readonly isDirty: boolean;
}

/** "1a2b… (dirty)", as `environment.project` of a result says it. */
export function projectText({ commit, isDirty }: ProjectState): string {
  return `${commit}${isDirty ? " (dirty)" : ""}`;
}

/** Everything the judge needs to know that is not evidence; makes a journal self-contained. */
export interface RunHeader {
  readonly formatVersion: 1;
  readonly id: string;
  readonly title: string;
  /** What happens in production that this stands for; absent in histories of earlier versions. */
  readonly story?: string;
  readonly hypothesis: string;
  /** Absent outside a git checkout, and in histories of earlier versions. */
  readonly project?: ProjectState;
  readonly variant: string | null;
  readonly seed: number;
  readonly stack: string;
  readonly eviction: Eviction;
  /** The subject's session timeout; absent in histories of earlier versions. */
  readonly sessionTimeoutMs?: number;
  /** What the scenario told the subject itself; absent where it told nothing. */
  readonly subjectEnv?: Readonly<Record<string, string>>;
  readonly group: string;
  readonly inputTopic: string;
  readonly events: number;
  readonly effects: readonly EffectDeclaration[];
  readonly balance: BalanceDeclaration | null;
  readonly outbox: OutboxDeclaration | null;
  readonly deadLetters?: DeadLetterDeclaration | null;
  readonly dedup?: DedupDeclaration | null;
  readonly metrics?: MetricsDeclaration | null;
  readonly faults: readonly PlannedFault[];
  readonly guarantees: readonly GuaranteeId[];
  readonly exercise: Exercise;
  readonly limits: Limits;
}
