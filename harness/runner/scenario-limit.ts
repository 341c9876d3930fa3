import { HarnessError } from "../model/errors.ts";
import { timeLimit, type TimeLimit } from "./time-limit.ts";

/** Scenarios that were ended at the limit that each of them has, and the words for it. */
export class ScenarioLimits {
  private readonly limitMs: number | null;
  private readonly reached = new Map<string, HarnessError>();

  constructor(limitMs: number | null) {
    this.limitMs = limitMs;
  }

  /** From now on, for this scenario. */
  start(scenario: string): TimeLimit {
    return timeLimit(this.limitMs, (limitMs) => {
      const error = new HarnessError("inconclusive", textOf(scenario, limitMs));
      this.reached.set(scenario, error);
      return error;
    });
  }

  /** Why the scenario was ended; null when it came to its end in time. */
  of(scenario: string): HarnessError | null {
    return this.reached.get(scenario) ?? null;
  }
}

function textOf(scenario: string, limitMs: number): string {
  return `${scenario} was ended at its time limit of ${limitMs / 1000} s, so that it proves nothing. Raise --timeout, or make the scenario shorter.`;
}
