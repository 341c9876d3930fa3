import type { BoundaryName } from "./boundary.ts";
import type { GuaranteeId } from "./guarantee.ts";
import type { Exercise, Limits } from "./run-header.ts";

/** Which frame a trigger waits for. All that are given must match. */
export interface TriggerMatch {
  /** The nth intent of the workload (1-based); resolved to its business key by the plan. */
  readonly intent?: number;
  /** The nth time the rest matched (1-based, default 1). */
  readonly nth?: number;
  /** Only on this instance; any instance otherwise. */
  readonly instance?: string;
}

export interface Trigger {
  readonly boundary: BoundaryName;
  readonly match?: TriggerMatch;
}

/** What is done at a trigger. `kill`: SIGKILL to the process group of the instance that met it. */
export interface FaultSpec {
  readonly id: string;
  readonly fault: "kill";
  readonly at: Trigger;
  /** What becomes of the held frame once the fault is confirmed. */
  readonly heldFrame: "drop" | "release";
  /** Heal by starting the instance again. */
  readonly restart: boolean;
}

export interface WorkloadSpec {
  readonly events: number;
  readonly accounts: number;
}

export type ApiMode = "idempotent-replay" | "no-idempotency";

/** One rehearsed failure as data. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly hypothesis: string;
  readonly tags: readonly string[];
  readonly instances: number;
  readonly api: ApiMode;
  readonly workload: WorkloadSpec;
  readonly faults: readonly FaultSpec[];
  readonly guarantees: readonly GuaranteeId[];
  readonly exercise: Exercise;
  readonly limits: Limits;
  /** Deadline for everything between the first send and drained. */
  readonly drainTimeoutMs: number;
}
