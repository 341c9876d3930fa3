import type { GuaranteeId } from "./guarantee.ts";
import type { NotRun } from "./result.ts";
import type { RunVerdict } from "./verdict.ts";

/** True when all that is expected was found, and nothing that is neither expected nor allowed. */
export function isExact(
  pair: CalibrationPair,
  scenario: string,
  found: readonly GuaranteeId[],
): boolean {
  const expected = pair.by[scenario] ?? [];
  const allowed = [...expected, ...(pair.also?.[scenario] ?? [])];
  return expected.every((id) => found.includes(id)) && found.every((id) => allowed.includes(id));
}

/** A known-broken variant, and by which scenarios exactly which of its guarantees must be found broken. */
export interface CalibrationPair {
  readonly variant: string;
  readonly by: Readonly<Record<string, readonly GuaranteeId[]>>;
  /** What these scenarios may find besides: it depends on what an instance had in hand. */
  readonly also?: Readonly<Record<string, readonly GuaranteeId[]>>;
}

export interface VariantCalibration {
  readonly id: string;
  readonly expected: Readonly<Record<string, readonly GuaranteeId[]>>;
  readonly also?: Readonly<Record<string, readonly GuaranteeId[]>>;
  /** Scenarios that found it broken. */
  readonly caughtBy: readonly string[];
  readonly found: Readonly<Record<string, readonly GuaranteeId[]>>;
  /** Found by a scenario without an expectation, and declared nowhere for this variant. */
  readonly unexpected: Readonly<Record<string, readonly GuaranteeId[]>>;
  /** True when each scenario found exactly what is expected, and no other anything undeclared. */
  readonly exact: boolean;
  /** Set when it could not be rehearsed: that is not "caught". */
  readonly error?: string;
  /** Absent in calibrations of earlier versions, here and below. */
  readonly seconds?: number;
}

export interface CarefulCalibration {
  readonly verdict: RunVerdict;
  readonly scenarios: number;
  /** Scenarios that did not pass, with what they came to. */
  readonly notPassed: Readonly<Record<string, RunVerdict>>;
  readonly seconds?: number;
}

/** A deliberate flaw of the rehearsal or the history, and what must come of it. */
export interface ControlResult {
  readonly id: string;
  readonly expected: string;
  readonly got: string;
  readonly isAsStated: boolean;
  readonly seconds?: number;
}

/** A small world in which the careful protocol was explored. */
export interface ModelWorldCalibration {
  readonly id: string;
  readonly title: string;
  /** Faults in one run, at most. */
  readonly faultsMax: number;
  readonly states: number;
  /** Histories a judge could tell apart. */
  readonly histories: number;
  /** What histories came to that did not pass; empty as it should be. */
  readonly notPassed: readonly string[];
  /** The shortest schedule to one that did not pass. */
  readonly schedule: readonly string[];
}

/** A known defect of the protocol, and what its histories were found to break. */
export interface ModelVariantCalibration {
  readonly id: string;
  readonly world: string;
  readonly expected: readonly GuaranteeId[];
  readonly found: readonly GuaranteeId[];
  readonly exact: boolean;
  readonly states: number;
  readonly histories: number;
  /** Faults it took, at least. */
  readonly faults: number;
  /** A shortest schedule that breaks what is expected. */
  readonly schedule: readonly string[];
}

/** The protocol explored in memory, judged by the judge of real runs. */
export interface ModelCalibration {
  readonly states: number;
  readonly histories: number;
  readonly careful: readonly ModelWorldCalibration[];
  readonly variants: readonly ModelVariantCalibration[];
  readonly isAsStated: boolean;
}

/** What `gameday calibrate --json` prints. */
export interface CalibrationResult {
  readonly schemaVersion: 1;
  readonly gamedayVersion: string;
  readonly startedAt: string;
  /** Of every workload. */
  readonly seed: number;
  readonly seconds: number;
  /** Absent in calibrations of earlier versions. */
  readonly model?: ModelCalibration & { readonly seconds: number };
  readonly variants: readonly VariantCalibration[];
  /** Null when only some variants were asked: then there are no controls either. */
  readonly careful: CarefulCalibration | null;
  readonly controls: readonly ControlResult[];
  /** Present when this stack cannot rehearse some scenarios: nothing is known of what they would catch. */
  readonly leftOut?: readonly NotRun[];
  readonly isAsStated: boolean;
}
