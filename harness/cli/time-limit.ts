import { HarnessError } from "../model/errors.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Longest delay of a timer. */
const LIMIT_MS_MAX = 2 ** 31 - 1;

/** "90s", "10m", "1.5h" or milliseconds. HarnessError("usage") for anything else. */
export function durationMs(text: string, flag: string): number {
  const [, amount, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Math.round(Number(amount) * (UNITS[unit] ?? Number.NaN));
  if (Number.isFinite(ms) && ms > 0 && ms <= LIMIT_MS_MAX) return ms;
  throw new HarnessError(
    "usage",
    `${flag} must be a time, e.g. 90s, 10m or 600000 (ms), not "${text}".`,
  );
}

/** "inconclusive": what was not rehearsed is not proven. */
export function globalLimitReached(limitMs: number): HarnessError {
  return new HarnessError(
    "inconclusive",
    `The global timeout of ${limitMs / 1000} s was reached. Raise --global-timeout, or rehearse less at a time (--shard, -g).`,
  );
}
