import type { CalibrationPair, CalibrationResult } from "../harness/index.ts";

/** One known-broken twin in one scenario, as it was found at the last calibration. */
export interface StoredPair {
  readonly variant: string;
  readonly scenario: string;
  readonly expected: readonly string[];
  /** What may be found besides. */
  readonly also: readonly string[];
  readonly found: readonly string[];
  readonly exact: boolean;
}

/** What is kept of a calibration in `calibration.json`: what was found, and with what. */
export interface StoredCalibration {
  readonly gamedayVersion: string;
  /** Day, in UTC. */
  readonly date: string;
  readonly seed: number;
  readonly isAsStated: boolean;
  /** Of the careful service. */
  readonly verdict: string | null;
  readonly pairs: readonly StoredPair[];
}

/** The part of a calibration that anybody may see: no paths, no seconds. */
export function storedCalibrationOf(result: CalibrationResult): StoredCalibration {
  const { gamedayVersion, startedAt, seed, isAsStated, careful } = result;
  return {
    gamedayVersion,
    date: startedAt.slice(0, 10),
    seed,
    isAsStated,
    verdict: careful?.verdict ?? null,
    pairs: result.variants.flatMap(({ id, expected, also, found, exact }) =>
      expectedPairs({ variant: id, by: expected, ...(also === undefined ? {} : { also }) }).map(
        (pair) => ({ ...pair, found: found[pair.scenario] ?? [], exact }),
      ),
    ),
  };
}

/** What is to be found, one scenario at a time. */
export function expectedPairs({
  variant,
  by,
  also = {},
}: CalibrationPair): readonly Omit<StoredPair, "found" | "exact">[] {
  return Object.entries(by).map(([scenario, expected]) => ({
    variant,
    scenario,
    expected,
    also: also[scenario] ?? [],
  }));
}
