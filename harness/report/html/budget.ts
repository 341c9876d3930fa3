import type { RunVerdict } from "../../model/verdict.ts";

/** How much of each kind one scenario may show. Evidence that is left out stays in the journal. */
export interface Budget {
  readonly stories: number;
  readonly steps: number;
  readonly rows: number;
  readonly marks: number;
  /** Whose timeline, charts and stories there is room for. */
  readonly drawings: "all" | "not-passed" | "none";
}

/**
 * From a usual run to the largest: the first that keeps the file small enough is taken. In a run of many
 * scenarios, drawings of those that passed go before the evidence of those that did not gets thin.
 */
export const BUDGETS: readonly [Budget, ...Budget[]] = [
  { stories: 24, steps: 120, rows: 600, marks: 2000, drawings: "all" },
  { stories: 12, steps: 80, rows: 200, marks: 800, drawings: "all" },
  { stories: 5, steps: 60, rows: 60, marks: 300, drawings: "all" },
  { stories: 5, steps: 60, rows: 60, marks: 300, drawings: "not-passed" },
  { stories: 2, steps: 40, rows: 20, marks: 120, drawings: "not-passed" },
  { stories: 1, steps: 20, rows: 5, marks: 40, drawings: "not-passed" },
  { stories: 1, steps: 20, rows: 5, marks: 40, drawings: "none" },
  { stories: 0, steps: 0, rows: 0, marks: 0, drawings: "none" },
];

/** True when a scenario of this verdict has its timeline, charts and stories drawn. */
export function isDrawn(verdict: RunVerdict, { drawings }: Budget): boolean {
  return drawings === "all" || (drawings === "not-passed" && verdict !== "pass");
}

export const BYTES_MAX = 2_000_000;

/** Every nth of a list, so that `max` are left; those that matter are always kept. */
export function sampled<T>(
  items: readonly T[],
  max: number,
  matters: (item: T) => boolean = () => false,
): readonly T[] {
  if (items.length <= max) return items;
  const step = Math.ceil(items.length / max);
  let kept = 0;
  return items.filter((item, index) => {
    if (matters(item) && kept < max) {
      kept += 1;
      return true;
    }
    return index % step === 0;
  });
}
