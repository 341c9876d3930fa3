import type { Scenario } from "../model/scenario.ts";
import type { StackAdapter } from "../ports/stack.ts";
import type { Loaded } from "./load.ts";
import { defaultWorkers, type FinishedRun } from "./session.ts";

/** Runs scenarios for the calibration: the careful service, unless told otherwise. */
export type Rehearse = (
  scenarios: readonly Scenario[],
  options?: {
    readonly variant?: string;
    readonly isArmed?: boolean;
    readonly loaded?: Loaded;
    readonly workers?: number;
    readonly shared?: StackAdapter;
  },
) => Promise<FinishedRun>;

/** Several at a time, results in order. */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: defaultWorkers() }, takeTurns));
  return results;
}
