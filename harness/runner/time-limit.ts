import type { HarnessError } from "../model/errors.ts";

export interface TimeLimit extends Disposable {
  /** Aborts at the limit, with what `reached` makes of it as its reason. */
  readonly signal: AbortSignal;
}

/** Aborts after `limitMs`; never when there is no limit, or once it was disposed of. */
export function timeLimit(
  limitMs: number | null,
  reached: (limitMs: number) => HarnessError,
): TimeLimit {
  const controller = new AbortController();
  const timer =
    limitMs === null ? undefined : setTimeout(() => controller.abort(reached(limitMs)), limitMs);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
