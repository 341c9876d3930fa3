import type { ScenarioFacts } from "./scenario-facts.ts";

/** How far recovery had come, counted from the last fault fired. */
export interface Milestone {
  readonly name: string;
  readonly ms: number | null;
  readonly means: string;
}

export interface RecoveryFacts {
  readonly milestones: readonly Milestone[];
  /** The scenario's limit for drained; null when the journal does not tell. */
  readonly targetMs: number | null;
}

/** Detection, first progress and drained. Null when no fault fired. */
export function recoveryFacts({ result, evidence, faults }: ScenarioFacts): RecoveryFacts | null {
  const firedAt = faults.flatMap(({ firedAtMs }) => firedAtMs ?? []);
  const last = Math.max(...firedAt);
  if (firedAt.length === 0 || evidence === null) return null;
  const detected = evidence.events.find(
    (event) =>
      event.atMs > last &&
      ((event.stream === "membership" && event.kind === "evicted") ||
        (event.stream === "delivery" && event.attempt > 1)),
  );
  return {
    milestones: [
      {
        name: "Detected",
        ms: detected === undefined ? null : detected.atMs - last,
        means: "the group moved on: an eviction or the first redelivery",
      },
      {
        name: "First progress",
        ms: result.recovery.firstProgressMs,
        means: "another instance committed work",
      },
      {
        name: "Drained",
        ms: result.recovery.drainedMs,
        means: "everything handled, nothing owed",
      },
    ],
    targetMs: evidence.header.limits.recoveryMsMax,
  };
}
