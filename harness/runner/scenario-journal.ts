import type { EventBody, HistoryEvent } from "../model/history.ts";
import type { Recorder } from "../ports/basics.ts";

/** The pace at which `alsoWhen` is asked; nothing is decided by it. */
const ALSO_EVERY_MS = 20;

export interface FirstOptions {
  /** Index in events() to look from. */
  readonly from: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly alsoWhen?: () => boolean;
}

/** The part of the history that one scenario writes: others may run beside it and are not seen here. */
export class ScenarioJournal implements Recorder {
  private readonly write: (body: EventBody) => HistoryEvent;
  private readonly kept: HistoryEvent[] = [];
  private isSealed = false;
  private readonly listeners = new Set<(event: HistoryEvent) => void>();

  constructor(write: (body: EventBody) => HistoryEvent) {
    this.write = write;
  }

  record(body: EventBody): void {
    if (this.isSealed) return;
    const event = this.write(body);
    this.kept.push(event);
    for (const listener of this.listeners) listener(event);
  }

  /** What happens until `act` has settled is no evidence, and is not recorded. */
  async sealed(act: () => Promise<void>): Promise<void> {
    this.isSealed = true;
    try {
      await act();
    } finally {
      this.isSealed = false;
    }
  }

  /** Every event of this scenario so far. */
  events(): readonly HistoryEvent[] {
    return this.kept;
  }

  /**
   * The first event at or after index `from` that matches, or null at the deadline, when
   * `alsoWhen` turns true, or when the signal aborts (the caller then looks for itself).
   */
  first(
    matches: (event: HistoryEvent) => boolean,
    options: FirstOptions,
  ): Promise<HistoryEvent | null> {
    const { from, deadlineMs, signal, alsoWhen } = options;
    const known = this.kept.slice(from).find(matches);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      const settle = (event: HistoryEvent | null): void => {
        clearTimeout(deadline);
        clearInterval(asking);
        this.listeners.delete(onEvent);
        signal.removeEventListener("abort", onAbort);
        resolve(event);
      };
      const onAbort = (): void => settle(null);
      const onEvent = (event: HistoryEvent): void => {
        if (matches(event)) settle(event);
      };
      const deadline = setTimeout(() => settle(null), deadlineMs);
      const asking = setInterval(() => {
        if (alsoWhen?.() === true) settle(null);
      }, ALSO_EVERY_MS);
      this.listeners.add(onEvent);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) settle(null);
    });
  }
}
