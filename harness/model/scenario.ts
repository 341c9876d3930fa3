import type { BoundaryName } from "./boundary.ts";
import type { GuaranteeId } from "./guarantee.ts";
import type { Eviction, Exercise, HeldFrameFate, Limits } from "./run-header.ts";

/** Which frame a trigger waits for. All that are given must match. */
export interface TriggerMatch {
  /** The nth intent of the workload (1-based); resolved to its business key by the plan. */
  readonly intent?: number;
  /** The nth time the rest matched (1-based, default 1). */
  readonly nth?: number;
  /** Only on this instance; any instance otherwise. */
  readonly instance?: string;
  /** Only on the instance that met this earlier fault. */
  readonly victimOf?: string;
  /** Only where the server says that rows were changed by this: command tag `DELETE 12`, not `DELETE 0`. */
  readonly changes?: RowCommand;
  /** Only where the server answered this command, whether or not it changed a row. */
  readonly command?: RowCommand;
}

/** Commands whose tag counts rows (PostgreSQL manual, "Message Formats", CommandComplete). */
export const ROW_COMMANDS = ["INSERT", "UPDATE", "DELETE"] as const;
export type RowCommand = (typeof ROW_COMMANDS)[number];

export interface Trigger {
  readonly boundary: BoundaryName;
  readonly match?: TriggerMatch;
  /** Waits until this earlier fault is confirmed, or healed, before it looks at frames. */
  readonly after?: FaultMoment;
}

export const LINKS = ["kafka", "postgres", "api"] as const;
export type LinkKind = (typeof LINKS)[number];

/**
 * When a fault that lasts is ended: `taken-over` (another instance was delivered the record in
 * flight), `handled-elsewhere` (its offset was committed by another instance), `all-sent` (the
 * workload has sent everything it may before a fault that has not come), `overtaken` (two later
 * payments were handled and published, or two of the frame's own key were handled),
 * `statement-refused` (the database refused a statement of the victim), `write-refused` (the broker
 * refused a record for want of replicas in sync), `asked-again` (the API was called again for the frame's
 * payment, or asked whether it has it), or a trigger that a frame or a process meets.
 */
export const UNTILS = [
  "taken-over",
  "handled-elsewhere",
  "all-sent",
  "overtaken",
  "statement-refused",
  "write-refused",
  "asked-again",
] as const;
export type Until = (typeof UNTILS)[number] | Trigger;

/** What is done at a trigger; the victim is the instance that met it. One file each in faults/. */
export type FaultAction =
  /** SIGKILL to the victim's process group; heal by starting it again, if asked for. */
  | { readonly fault: "kill"; readonly restart: boolean }
  /** SIGTERM to the victim, which drains; heal by starting it again. */
  | { readonly fault: "terminate"; readonly restart: boolean }
  /** SIGSTOP at once, SIGCONT at the end: the instance wakes as a zombie. */
  | { readonly fault: "pause"; readonly until: Until }
  /** Nothing but the held frame's own fate. */
  | { readonly fault: "intercept" }
  /** Every connection of the link is closed and none accepted until the end. */
  | { readonly fault: "cut"; readonly link: LinkKind; readonly until?: Until }
  /** Bytes vanish without an error, in one or both directions. */
  | {
      readonly fault: "blackhole";
      readonly link: LinkKind;
      readonly direction: "both" | "to-server" | "to-subject";
      readonly until: Until;
    }
  | {
      readonly fault: "delay";
      readonly link: LinkKind;
      readonly latencyMs: number;
      readonly until: Until;
    }
  | {
      readonly fault: "bandwidth";
      readonly link: LinkKind;
      readonly kilobytesPerSecond: number;
      readonly until: Until;
    }
  /** `fast`: sessions are terminated, then a checkpoint. `immediate`: as if it crashed. */
  | { readonly fault: "restart-postgres"; readonly mode: "fast" | "immediate" }
  /** pg_terminate_backend for every session of the victim. */
  | { readonly fault: "terminate-backend" }
  /** SIGKILL or SIGTERM to a broker, then (at once, or at `until`) a start on the same data and ports. */
  | {
      readonly fault: "restart-broker";
      readonly mode: "kill" | "stop";
      readonly which?: BrokerRole;
      readonly until?: Until;
    }
  | { readonly fault: "pause-broker"; readonly which?: BrokerRole; readonly until: Until }
  /**
   * Nothing passes between a broker and its `peers` (default: it stays leader and its followers fall
   * out of sync) or its `clients` (every instance of the subject).
   */
  | {
      readonly fault: "partition-brokers";
      readonly which: BrokerRole;
      readonly from?: "peers" | "clients";
      readonly until?: Until;
    }
  /**
   * The victim's grace period runs out (SIGKILL) and the other version takes its place: everywhere
   * at once (`stop-start`) or one instance after the other (`rolling`).
   */
  | {
      readonly fault: "redeploy";
      readonly strategy: "stop-start" | "rolling";
      readonly to: "next" | "current";
    }
  /** The held frame waits for a later event, and goes on. */
  | { readonly fault: "hold"; readonly until: Until }
  /** Somebody else holds the table (EXCLUSIVE: reads pass, writes wait) until the end. */
  | { readonly fault: "lock-table"; readonly table: string; readonly until: Until }
  /** All instances are stopped, the group is set back to the first offset, and they start again. */
  | { readonly fault: "reset-offsets" }
  /** The victim's wall clock jumps (back: a negative step) and is set right at `until`, or at once. */
  | { readonly fault: "clock-step"; readonly stepMs: number; readonly until?: Until };

/** `leader` of the partition of the frame's record (default), or `coordinator` of the group. */
export type BrokerRole = "leader" | "coordinator";

export type FaultKind = FaultAction["fault"];

export type FaultSpec = FaultAction & {
  readonly id: string;
  readonly at: Trigger;
  readonly heldFrame: HeldFrameFate;
};

/**
 * What is wrong with a record that must end as a dead letter. `malformed`: not to be parsed;
 * `oversized`: 100 kB of blanks behind it; `reused-id`: the event id of the first event, with a content
 * of its own; `wrong-currency`: another currency than its account's; `negative-amount`.
 */
export const POISONS = [
  "malformed",
  "oversized",
  "reused-id",
  "wrong-currency",
  "negative-amount",
] as const;
export type Poison = (typeof POISONS)[number];

export interface PoisonedIntent {
  /** 1-based. */
  readonly at: number;
  readonly kind: Poison;
}

export interface WorkloadSpec {
  readonly events: number;
  readonly accounts: number;
  /** Intents whose record must end as a dead letter; a number (1-based) is a malformed one. */
  readonly poison?: readonly (number | PoisonedIntent)[];
  /** Intents (1-based) whose event is sent a second time, right behind the first. */
  readonly copies?: readonly number[];
  /** Successive events that share a business key (default 1): their order matters. */
  readonly eventsPerKey?: number;
  /** Successive operations that share an event id, each with a key of its own (default 1). */
  readonly operationsPerEvent?: number;
  /** Before this intent (1-based) is sent, the workload waits for a moment of a fault. */
  readonly holds?: readonly WorkloadHold[];
}

export interface WorkloadHold {
  readonly intent: number;
  readonly until: FaultMoment;
}

export const FAULT_MOMENTS = ["fired", "confirmed", "healed"] as const;

/** A moment in the life of another fault of the same scenario. */
export interface FaultMoment {
  readonly fault: string;
  readonly moment: (typeof FAULT_MOMENTS)[number];
}

/**
 * How the API double treats idempotency keys, after real providers. `idempotent-replay`: the first
 * answer is stored and replayed, errors included. `replay-2xx-only`: errors are not stored.
 * `conflict-in-flight`: 409 while the first request is being worked on. `mismatch-422`: a known key
 * with another payload is refused. `key-expiry`: a key is forgotten once it was answered.
 * `lagging-lookup`: the first lookup of a key does not see its capture yet.
 */
export const API_MODES = [
  "idempotent-replay",
  "replay-2xx-only",
  "conflict-in-flight",
  "mismatch-422",
  "key-expiry",
  "lagging-lookup",
  "no-idempotency",
] as const;
export type ApiMode = (typeof API_MODES)[number];

/** One rehearsed failure as data. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly hypothesis: string;
  /** What to do when it happens for real: a page or a heading. */
  readonly runbook: string;
  readonly tags: readonly string[];
  readonly instances: number;
  /** What this scenario tells the subject besides, or instead of, what the configuration does. */
  readonly subject?: { readonly env: Readonly<Record<string, string>> };
  /** Default 1. With 3: replication factor 3, at least 2 in sync. */
  readonly brokers?: 1 | 3;
  readonly api: ApiMode;
  /** Default `harness-leave-group`: milliseconds instead of a session timeout, recorded as such. */
  readonly eviction?: Eviction;
  readonly workload: WorkloadSpec;
  readonly faults: readonly FaultSpec[];
  readonly guarantees: readonly GuaranteeId[];
  readonly exercise: Exercise;
  readonly limits: Limits;
  /** Deadline for everything between the first send and drained. */
  readonly drainTimeoutMs: number;
}

/** True when the scenario deploys another version: a variant is then that next version. */
export function hasRedeploy(scenario: Scenario): boolean {
  return scenario.faults.some(({ fault }) => fault === "redeploy");
}

/** The poisoned intents of a workload, each with its kind. */
export function poisonedIn({ poison = [] }: WorkloadSpec): readonly PoisonedIntent[] {
  return poison.map((each) => (typeof each === "number" ? { at: each, kind: "malformed" } : each));
}
