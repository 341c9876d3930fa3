import { judgeRun } from "../checker/judge.ts";
import type { HistoryEvent } from "../model/history.ts";

/** Counts scenarios that did not pass, judged as soon as each is over. */
export class StopAfter {
  private readonly max: number | null;
  private failures = 0;

  constructor(max: number | null) {
    this.max = max;
  }

  /** Judges the scenario that has just ended; only when there is a limit. One that was cut short failed. */
  note(events: readonly HistoryEvent[], isCutShort: boolean): void {
    if (this.max === null) return;
    if (isCutShort || hasFailed(events)) this.failures += 1;
  }

  /** True when the scenario of these events, once noted, is the last one for this reason. */
  isReachedWith(events: readonly HistoryEvent[]): boolean {
    return this.max !== null && this.failures + (hasFailed(events) ? 1 : 0) >= this.max;
  }

  isReached(): boolean {
    return this.max !== null && this.failures >= this.max;
  }

  text(): string {
    return `${this.failures} that did not pass (--max-failures ${this.max})`;
  }
}

function hasFailed(events: readonly HistoryEvent[]): boolean {
  return judgeRun(events)[0]?.verdict !== "pass";
}
