/** How much of each kind one scenario may show. Evidence that is left out stays in the journal. */
export interface Budget {
  readonly stories: number;
  readonly steps: number;
  readonly rows: number;
  readonly marks: number;
}

/** From a usual run to the largest: the first that keeps the file small enough is taken. */
export const BUDGETS: readonly [Budget, ...Budget[]] = [
  { stories: 24, steps: 120, rows: 600, marks: 2000 },
  { stories: 12, steps: 80, rows: 200, marks: 800 },
  { stories: 5, steps: 60, rows: 60, marks: 300 },
  { stories: 2, steps: 40, rows: 20, marks: 120 },
  { stories: 1, steps: 20, rows: 5, marks: 40 },
];

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
