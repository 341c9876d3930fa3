/**
 * The history: the ordered evidence of one run, one NDJSON line per event in `journal.ndjson`.
 * It is the only input of the checker. Times are milliseconds since the run began on a monotonic
 * clock; order is `seq`, never time. Offsets and amounts are safe integers (minor units).
 */
import type { BoundaryName, Moment } from "./boundary.ts";
import type { Eviction, RunHeader } from "./run-header.ts";

/** Fields every event carries. `scenario` is the scenario run's id, `run` for run-wide events. */
export interface EventBase {
  readonly seq: number;
  readonly atMs: number;
  readonly scenario: string;
}

/** A place in a topic. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What the judge needs to know of the scenario; the first event of each scenario run. */
export interface HeaderEvent extends RunHeader {
  readonly stream: "header";
}

/** One business event the workload meant to send. `unknown`: sent, but no answer came. */
export interface IntentEvent {
  readonly stream: "intent";
  readonly eventId: string;
  /** The business key, e.g. the payment id: outcomes are judged per key. */
  readonly key: string;
  readonly operation: string;
  readonly account: string;
  readonly amount: number;
  readonly sentAtMs: number;
  readonly position: Position | "unknown";
  /** Its record cannot be parsed on purpose: it must end as a dead letter. */
  readonly isPoison?: boolean;
  /** The producer sent the event before: on purpose, as an upstream that retries does. */
  readonly isCopy?: boolean;
}

/** One record of an input or output topic as the independent observer read it. */
export interface LogEvent {
  readonly stream: "log";
  readonly role: "input" | "output";
  readonly position: Position;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly producerId: number | null;
  readonly producerEpoch: number | null;
}

/** One record of a Fetch response that was released to an instance. */
export interface DeliveryEvent {
  readonly stream: "delivery";
  readonly instance: string;
  readonly position: Position;
  readonly key: string | null;
  /** 1 for the first time this offset went to any instance, 2 for the first redelivery, ... */
  readonly attempt: number;
}

/** One partition of an OffsetCommit on the wire. `committed` is the next offset to read. */
export interface OffsetCommitEvent {
  readonly stream: "offset";
  readonly kind: "commit";
  readonly moment: Moment;
  readonly instance: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  /** The broker's error code; null until it has answered. 0 is success. */
  readonly errorCode: number | null;
}

/** The broker's own word at the end, read by the observer. `committed` is null when none exists. */
export interface OffsetFinalEvent {
  readonly stream: "offset";
  readonly kind: "final";
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly logEnd: number;
}

export type Row = Readonly<Record<string, unknown>>;

/** One committed change of a declared effect table, read from the audit trail. */
export interface EffectEvent {
  readonly stream: "effect";
  readonly table: string;
  readonly op: "insert" | "update" | "delete";
  readonly xid: string;
  /** Rank of the transaction in commit order (pg_xact_commit_timestamp, then xid). */
  readonly commitOrder: number;
  /** The instance stamped by the tap as application_name; null when the writer was not on a link. */
  readonly instance: string | null;
  readonly before: Row | null;
  readonly after: Row | null;
  /** Version of the subject that wrote it; absent where nothing was redeployed. */
  readonly version?: Version;
}

/**
 * A row of the dedup table that an instance asked for, as the parameters of its INSERT say; whether it
 * was inserted, the `effect` stream says. Only where two versions are compared.
 */
export interface AskedRowEvent {
  readonly stream: "asked-row";
  readonly instance: string;
  readonly table: string;
  /** Values as text; NULLs and expressions are left out. */
  readonly row: Row;
  readonly version: Version;
}

/** Which of two deployments: the one that runs at first, or the one it is replaced by. */
export type Version = "current" | "next";

/** One external call as the API double's own ledger saw it. */
export interface CallEvent {
  readonly stream: "call";
  readonly callId: string;
  readonly api: string;
  /** `looked-up`: no call, but a question whether the key is known. */
  readonly moment: "received" | "applied" | "answered" | "abandoned" | "looked-up";
  readonly instance: string;
  readonly idempotencyKey: string | null;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly amount: number | null;
  readonly payloadHash: string;
  /** HTTP status; null until answered. */
  readonly status: number | null;
  /** True when the answer was replayed for a known idempotency key: nothing was applied. */
  readonly replayed: boolean;
  readonly version?: Version;
}

export interface ProcessEvent {
  readonly stream: "process";
  readonly instance: string;
  readonly kind: "spawned" | "ready" | "signalled" | "exited";
  readonly version?: Version;
  readonly pid: number;
  /** 1 for the first process of this instance, 2 after its first restart, ... */
  readonly incarnation: number;
  readonly signal: string | null;
  readonly code: number | null;
  /** True when the harness meant this exit or signal (a fault or the end of the scenario). */
  readonly planned: boolean;
}

export type FaultMoment =
  "planned" | "armed" | "fired" | "confirmed" | "failed" | "healed" | "heal-verified";

/** `fired` carries the frame the fault met. */
export interface FaultEvent {
  readonly stream: "fault";
  readonly faultId: string;
  readonly moment: FaultMoment;
  readonly instance: string | null;
  readonly frame: FrameMet | null;
  readonly detail: string;
}

/** The frame that met a trigger, and the input record in flight it was attributed to. */
export interface FrameMet {
  readonly boundary: BoundaryName;
  readonly instance: string;
  readonly key: string | null;
  readonly eventId: string | null;
  /** Input position of the record in flight, when it is known from the workload's log. */
  readonly position: Position | null;
}

/** One boundary met on a link: what was seen, and what happened to the frame. */
export interface WireEvent {
  readonly stream: "wire";
  readonly boundary: BoundaryName;
  readonly instance: string;
  /** Business keys of in-flight intents found in this conversation's own bytes. */
  readonly keys: readonly string[];
  /** `refused`: the server answered that it did not; the boundary was not reached, nobody met it. */
  readonly action: "passed" | "held" | "dropped" | "released" | "refused";
  /** Command tag or Kafka error code, e.g. COMMIT; "ROLLBACK", "ERROR 55P03" or "25" where refused. */
  readonly tag: string | null;
}

/** Frames of one link that were relayed without being read, counted at the end. */
export interface UnreadEvent {
  readonly stream: "unread";
  readonly instance: string;
  readonly link: "kafka" | "postgres";
  /** E.g. "kafka: api 78 version 0". */
  readonly name: string;
  readonly count: number;
  /** `by-design`: it tells nothing that is evidence. Absent in earlier journals: not understood. */
  readonly why?: "not-understood" | "by-design";
}

/** Group membership facts: who left, how, who joined, and which partitions it owns from now on. */
export interface MembershipEvent {
  readonly stream: "membership";
  readonly instance: string;
  /**
   * `evicted`: the harness signed it off. `left-to-timeout`: nobody did, and the broker has to find
   * out. `already-gone`: the broker did not know it any more when it was to be signed off. Earlier
   * versions wrote `evicted` for all three.
   */
  readonly kind: "joined" | "left" | "evicted" | "left-to-timeout" | "already-gone" | "assigned";
  /** Only with `assigned`. */
  readonly partitions?: readonly { readonly topic: string; readonly partition: number }[];
  readonly memberId: string;
  readonly eviction: Eviction | null;
}

/** A fact the verdict rests on. `holds: null` means it could not be established. */
export interface AssumptionEvent {
  readonly stream: "assumption";
  readonly name: AssumptionName;
  readonly holds: boolean | null;
  readonly detail: string;
}

/** One series of the subject's own metrics, scraped when the system had drained. */
export interface MetricEvent {
  readonly stream: "metric";
  readonly instance: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const PHASES = [
  "preflight",
  "steady",
  "fault",
  "heal",
  "drain",
  "collect",
  "down",
  "end",
] as const;
export type Phase = (typeof PHASES)[number];

export interface PhaseEvent {
  readonly stream: "phase";
  readonly phase: Phase;
}

export interface NoteEvent {
  readonly stream: "note";
  readonly text: string;
}

export type EventBody =
  | HeaderEvent
  | IntentEvent
  | LogEvent
  | DeliveryEvent
  | OffsetCommitEvent
  | OffsetFinalEvent
  | EffectEvent
  | AskedRowEvent
  | CallEvent
  | ProcessEvent
  | FaultEvent
  | WireEvent
  | UnreadEvent
  | MembershipEvent
  | AssumptionEvent
  | MetricEvent
  | PhaseEvent
  | NoteEvent;

export type HistoryEvent = EventBody & EventBase;

/** Judged first and reported apart from the guarantees. */
export const ASSUMPTIONS = [
  "no-bypass",
  "stack-sound",
  "observer-complete",
  "input-log-clean",
  "database-settings",
  "audit-complete",
  "subject-alive",
  "drained",
] as const;
export type AssumptionName = (typeof ASSUMPTIONS)[number];
