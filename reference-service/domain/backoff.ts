const FIRST_DELAY_MS = 50;
const DELAY_MS_MAX = 30_000;

/** Milliseconds until the next attempt: exponential, bounded. `attempts` counts those made. */
export function backoffMs(attempts: number): number {
  return Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.max(0, attempts - 1));
}
