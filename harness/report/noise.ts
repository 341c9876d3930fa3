/** Fewer runs than this on a side show no spread. */
export const SAMPLES_MIN = 3;
/** With single runs, a change below either is not told from noise. */
const ALONE = { ratio: 0.5, ms: 100 } as const;
/** With several, the ranges must be apart and the medians by this much. */
const REPEATED_RATIO = 0.1;

export interface TimingChange {
  readonly from: number;
  readonly to: number;
  readonly kind: "slower" | "faster" | "noise";
  /** False when one side has too few runs to show its spread. */
  readonly hasSpread: boolean;
}

/** The middle value; of an even count the lower middle. NaN when there is none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** Tells a change of a timing from noise, as far as the number of runs allows; null without both. */
export function timingChange(
  before: readonly number[],
  after: readonly number[],
): TimingChange | null {
  if (before.length === 0 || after.length === 0) return null;
  const [from, to] = [median(before), median(after)];
  const hasSpread = before.length >= SAMPLES_MIN && after.length >= SAMPLES_MIN;
  const change = Math.abs(to - from);
  const areApart =
    Math.min(...after) > Math.max(...before) || Math.max(...after) < Math.min(...before);
  const isReal = hasSpread
    ? areApart && change > from * REPEATED_RATIO
    : change > Math.max(from * ALONE.ratio, ALONE.ms);
  return { from, to, hasSpread, kind: isReal ? (to > from ? "slower" : "faster") : "noise" };
}

/** "120 -> 480 ms (+300 %)". */
export function changeText({ from, to }: TimingChange): string {
  const percent =
    from === 0 ? "" : ` (${to >= from ? "+" : ""}${Math.round((to / from - 1) * 100)} %)`;
  return `${Math.round(from)} -> ${Math.round(to)} ms${percent}`;
}
