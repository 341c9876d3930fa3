import type { GuaranteeResult } from "./guarantee.ts";
import type { AssumptionName } from "./history.ts";
import type { Outcome, RunVerdict } from "./verdict.ts";

/** One fault as it really happened; times are null when it did not. */
export interface FaultResult {
  readonly id: string;
  readonly trigger: string;
  readonly firedAtMs: number | null;
  /** What the fault met, in words: instance, key, topic/partition/offset. */
  readonly evidence: string | null;
  readonly confirmedAtMs: number | null;
  readonly healedAtMs: number | null;
}

/** The facts that make a pass meaningful; `missing` lists the reasons it is not. */
export interface Exercised {
  readonly events: number;
  readonly deliveries: number;
  readonly redeliveries: number;
  /** Offsets in flight at a fault that came again, e.g. "payments.requested[0]@12 to consumer-2". */
  readonly redelivered: readonly string[];
  readonly missing: readonly string[];
  /** Present where the broker found out by itself that a member was gone. */
  readonly sessionTimeouts?: readonly SessionTimeout[];
}

/** A member that nobody signed off, and how long its partition stood without another owner. */
export interface SessionTimeout {
  readonly instance: string;
  readonly movedTo: string;
  /** From the fault fired to the assignment of the partition of the record in flight. */
  readonly waitedMs: number;
}

export interface AssumptionResult {
  readonly name: AssumptionName;
  readonly holds: boolean | null;
  readonly detail: string;
}

export type Outcomes = Readonly<Record<Outcome, number>> & { readonly expected: number };

export interface Recovery {
  /** From the last fault fired to the first effect committed after it; null without a fault. */
  readonly firstProgressMs: number | null;
  /** From the last fault fired to drained; null without a fault or when never drained. */
  readonly drainedMs: number | null;
}

/** One event whose dedup or idempotency key differs between two deployed versions. */
export interface KeyChange {
  readonly key: string;
  readonly what: "dedup key" | "idempotency key";
  readonly current: string;
  readonly next: string;
}

/** How many events two deployed versions were both delivered, and whether their keys could be compared. */
export interface KeyComparison {
  readonly what: KeyChange["what"];
  readonly same: number;
  readonly changed: number;
  /** Of one version no key was seen: no row of its own, or no call. */
  readonly notCompared: number;
}

/** What an instance did for a partition that had another owner by then. */
export interface ZombieAct {
  readonly instance: string;
  readonly act: "offset commit" | "transaction" | "call" | "publish";
  readonly key: string;
  readonly atMs: number;
  /** `fenced`: the broker refused it. `harmless`: accepted, and the outcome is still once. */
  readonly outcome: "fenced" | "harmless" | "harmful";
}

/** Quantiles in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What the wires showed of repeats, calls and durations. Ratios are between 0 and 1. */
export interface Rates {
  readonly deliveries: number;
  readonly redeliveries: number;
  readonly duplicateDeliveryRate: number;
  readonly eventsDeliveredAgain: number;
  /** Of the events delivered again, those that have no effect twice; null when none came again. */
  readonly dedupHitRatio: number | null;
  readonly apiCalls: number;
  readonly apiRetries: number;
  /** By operation: from the send to the first COMMIT that was answered. */
  readonly latencyMs: Readonly<Record<string, Latency>>;
}

/** The calibration a run rests on: the last one that was stored beside it. */
export interface CalibrationCitation {
  readonly gamedayVersion: string;
  readonly startedAt: string;
  readonly isAsStated: boolean;
  /** Known-broken variants that were caught exactly. */
  readonly variants: readonly string[];
}

export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  readonly variant: string | null;
  readonly verdict: RunVerdict;
  readonly hypothesis: string;
  readonly durationMs: number;
  readonly seed: number;
  readonly faults: readonly FaultResult[];
  readonly exercised: Exercised;
  readonly assumptions: readonly AssumptionResult[];
  readonly outcomes: Outcomes;
  readonly guarantees: readonly GuaranteeResult[];
  readonly recovery: Recovery;
  /** Absent in results of earlier versions. */
  readonly rates?: Rates;
  /** Present where another version was deployed. */
  readonly redeploy?: readonly KeyChange[];
  /** The same, counted: what `redeploy` does not list was the same, or could not be compared. */
  readonly redeployKeys?: readonly KeyComparison[];
  /** Present where an instance outlived its ownership. */
  readonly zombies?: readonly ZombieAct[];
  /** Frames, or parts of them, that a tap could not read, by name. */
  readonly unread?: Readonly<Record<string, number>>;
  /** Frames relayed unread by design, by name: they tell nothing that is evidence. */
  readonly relayed?: Readonly<Record<string, number>>;
  readonly reproduce: string;
  /** Set when the scenario could not be run to its end. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** A scenario that was asked for and not rehearsed: nothing is known of it. */
export interface NotRun {
  readonly id: string;
  readonly reason: string;
}

/** A scenario run several times with --repeat-each: `violated` of `runs`; none is retried away. */
export interface Repeats {
  readonly id: string;
  readonly runs: number;
  readonly pass: number;
  readonly violated: number;
  /** Neither: inconclusive, interrupted, or not to be rehearsed at all. */
  readonly other: number;
}

/** One part of a run that is divided with --shard; counts from 1. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/** The content of `result.json` and of `gameday run --json`. */
export interface RunResult {
  readonly schemaVersion: 1;
  readonly runId: string;
  /** ISO 8601 wall clock, for people; never used for order. */
  readonly startedAt: string;
  readonly seed: number;
  readonly stack: string;
  readonly gamedayVersion: string;
  readonly verdict: RunVerdict;
  readonly exitCode: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent when `gameday calibrate` was never run for this output folder. */
  readonly calibration?: CalibrationCitation;
  readonly scenarios: readonly ScenarioResult[];
  /** Present when the run was stopped before all of it was rehearsed; it is then no pass. */
  readonly notRun?: readonly NotRun[];
  /** Present when the catalogue has scenarios that this stack cannot rehearse, and nobody named them. */
  readonly leftOut?: readonly NotRun[];
  /** Present with --repeat-each; run k of a scenario has the id `<scenario>.k`. */
  readonly repeats?: readonly Repeats[];
  /** Present with --shard; absent once `gameday merge` has put the shards together. */
  readonly shard?: Shard;
  /** Present in a merged result: the runs it was made of. */
  readonly mergedFrom?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}
