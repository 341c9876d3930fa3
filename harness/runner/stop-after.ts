import { judgeRun } from "../checker/judge.ts";
import type { HistoryEvent } from "../model/history.ts";

/** Counts scenarios that did not pass, judged as soon as each is over. */
export class StopAfter {
  private readonly max: number | null;
  private failures = 0;

  constructor(max: number | null) {
    this.max = max;
  }

  /** Judges the scenario that has just ended; only when there is a limit. */
  note(events: readonly HistoryEvent[]): void {
    if (this.max === null) return;
    const [judged] = judgeRun(events);
    if (judged?.verdict !== "pass") this.failures += 1;
  }

  isReached(): boolean {
    return this.max !== null && this.failures >= this.max;
  }

  text(): string {
    return `${this.failures} that did not pass (--max-failures ${this.max})`;
  }
}
