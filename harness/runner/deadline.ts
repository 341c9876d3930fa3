import { HarnessError } from "../model/errors.ts";

export interface PollOptions {
  /** What is awaited, as it should read in the error: "consumer-1 to be ready". */
  readonly what: string;
  readonly deadlineMs: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks `probe` until it gives something other than null. Rejects with HarnessError: "environment"
 * when the deadline passes, "interrupted" when the signal aborts.
 */
export async function pollUntil<T>(
  probe: () => Promise<T | null>,
  options: PollOptions,
): Promise<T> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < options.deadlineMs) {
    throwIfInterrupted(options.signal, options.what);
    const found = await probe();
    if (found !== null) return found;
    await pause(options.everyMs);
  }
  throw new HarnessError(
    "environment",
    `Waited ${options.deadlineMs} ms for ${options.what}, in vain.`,
  );
}

export function throwIfInterrupted(signal: AbortSignal, what: string): void {
  if (signal.aborted)
    throw new HarnessError("interrupted", `Interrupted while waiting for ${what}.`);
}

/** The pace of a poll; nothing is decided by it. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
