import { HarnessError } from "../model/errors.ts";
import type { StartedStack } from "../ports/stack.ts";
import { blameDisk } from "./blame-disk.ts";

/**
 * Connections break a moment before the end of the process behind them is known. Past this the error itself
 * is told: it ends the scenario either way, and only whom it blames is at stake.
 */
const LOSS_MS_MAX = 1_000;

/** What is to blame for an error of a scenario: a stack that was lost, a full disk, or the error itself. */
export async function blame(error: unknown, stack: StartedStack): Promise<unknown> {
  const isAnswer = error instanceof HarnessError && error.code !== "environment";
  if (!stack.lost.aborted && !isAnswer) await lostWithin(LOSS_MS_MAX, stack.lost);
  return blameDisk(stack.lost.aborted ? stack.lost.reason : error, stack);
}

function lostWithin(ms: number, lost: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      lost.removeEventListener("abort", settle);
      resolve();
    };
    const timer = setTimeout(settle, ms);
    lost.addEventListener("abort", settle);
  });
}
