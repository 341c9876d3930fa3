import { setTimeout as pause } from "node:timers/promises";
import { HarnessError, messageOf } from "../../model/errors.ts";

/** What is awaited, in words that fit "timed out waiting for …", and for how long. */
export interface Deadline {
  readonly what: string;
  readonly timeoutMs: number;
}

function timedOut({ what, timeoutMs }: Deadline, lastError?: unknown): HarnessError {
  const details = lastError === undefined ? [] : [`Last attempt: ${messageOf(lastError)}`];
  return new HarnessError(
    "environment",
    `Timed out after ${timeoutMs} ms waiting for ${what}. Check that the machine is not overloaded.`,
    { details, cause: lastError },
  );
}

/** Settles as `work` does, or rejects with HarnessError at the deadline (the work is abandoned). */
export async function withDeadline<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => expiry.reject(timedOut(deadline)), deadline.timeoutMs);
  try {
    return await Promise.race([work, expiry.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `probe` until it answers something other than null. A HarnessError from the probe ends the
 * wait at once; any other error counts as "not yet" and is quoted when the deadline passes.
 */
export async function pollUntil<T>(
  deadline: Deadline & { readonly everyMs: number },
  probe: () => Promise<T | null>,
): Promise<T> {
  const endsAtMs = performance.now() + deadline.timeoutMs;
  let lastError: unknown;
  while (performance.now() < endsAtMs) {
    const expired = Symbol("expired");
    const abort = new AbortController();
    const expiry = pause(Math.max(1, endsAtMs - performance.now()), expired, {
      signal: abort.signal,
    }).catch(() => expired);
    try {
      const answer = await Promise.race([probe(), expiry]);
      if (answer === expired) break;
      if (answer !== null) return answer as T;
    } catch (error) {
      if (error instanceof HarnessError) {
        throw error;
      }
      lastError = error;
    } finally {
      abort.abort();
    }
    await pause(deadline.everyMs);
  }
  throw timedOut(deadline, lastError);
}
