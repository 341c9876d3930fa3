import { closeSync, fsyncSync, openSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { diskFull } from "../model/disk-full.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { EventBody, HistoryEvent } from "../model/history.ts";
import { plainRedactor, type Redactor } from "../model/redact.ts";
import type { Clock } from "../ports/basics.ts";
import { ScenarioJournal } from "./scenario-journal.ts";

type Listener = (event: HistoryEvent) => void;

/**
 * Writes the history, secrets redacted: nobody in here or on disk sees them. Each line reaches the
 * kernel before `record` returns, so a kill -9 of the harness loses nothing and tears at most the last line. A failed write (disk full) is kept in
 * `failure` and ends the run; it never turns into a shorter history that looks complete.
 */
export class JournalWriter {
  private readonly path: string;
  private readonly descriptor: number;
  private readonly onFailure: (error: HarnessError) => void;
  private readonly clock: Clock;
  private readonly redactor: Redactor;
  private readonly kept: HistoryEvent[] = [];
  private readonly listeners = new Set<Listener>();
  private seq = 0;
  private failedBy: HarnessError | null = null;

  /** `onFailure` is called once, with the first write that failed. */
  constructor(
    path: string,
    clock: Clock,
    {
      redactor = plainRedactor,
      onFailure = () => undefined,
    }: {
      readonly redactor?: Redactor;
      readonly onFailure?: (error: HarnessError) => void;
    } = {},
  ) {
    this.path = path;
    this.clock = clock;
    this.redactor = redactor;
    this.onFailure = onFailure;
    try {
      this.descriptor = openSync(path, "wx");
    } catch (cause) {
      throw new HarnessError(
        "environment",
        `Cannot create the journal ${path}: ${messageOf(cause)}. Choose another folder with --output.`,
        { cause },
      );
    }
  }

  /** What one scenario writes and looks back on. */
  forScenario(scenario: string): ScenarioJournal {
    return new ScenarioJournal((body) => this.append(scenario, body));
  }

  events(): readonly HistoryEvent[] {
    return this.kept;
  }

  /** The write error that makes this history incomplete, if any. */
  failure(): HarnessError | null {
    return this.failedBy;
  }

  /** Calls `listener` for each later event; returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    try {
      fsyncSync(this.descriptor);
    } catch (cause) {
      this.failed(cause);
    }
    closeSync(this.descriptor);
  }

  private append(scenario: string, body: EventBody): HistoryEvent {
    const atMs = Math.round(this.clock.nowMs() * 1000) / 1000;
    const event = { seq: this.seq, atMs, scenario, ...this.redactor.value(body) } as HistoryEvent;
    this.seq += 1;
    try {
      writeSync(this.descriptor, `${JSON.stringify(event)}\n`);
    } catch (cause) {
      this.failed(cause);
    }
    this.kept.push(event);
    for (const listener of this.listeners) listener(event);
    return event;
  }

  private failed(cause: unknown): void {
    if (this.failedBy !== null) return;
    const folder = dirname(this.path);
    this.failedBy = diskFull(
      {
        what: `The journal ends at event ${this.seq}, it could not be written`,
        folder,
        room: statfsSync(folder),
        fix: "Free some space, or name another folder with --output.",
      },
      cause,
    );
    this.onFailure(this.failedBy);
  }
}
