import type { HistoryEvent } from "./history.ts";
import type { RunResult } from "./result.ts";

/** A stored run as every report format sees it: pure data, read once at the edge. */
export interface StoredRun {
  readonly result: RunResult;
  /** Every event of the journal, in order of `seq`; empty when there is no journal. */
  readonly events: readonly HistoryEvent[];
  /** Why this run is incomplete (crashed, interrupted, torn journal); null when it is whole. */
  readonly partial: string | null;
}

/** One way to write a run down. `render` is pure: the same run gives the same text. */
export interface ReportFormat {
  readonly id: string;
  /** Name of the file in the run's folder, e.g. `junit.xml`. */
  readonly file: string;
  readonly render: (run: StoredRun) => string;
}

/** Where a reporter may put what it has to say. */
export interface ReporterMeans {
  /** The run's folder. */
  readonly folder: string;
  /** A line of the result, on stdout (on stderr with --json). */
  readonly print: (line: string) => void;
}

/**
 * Somebody who wants to know how a run goes and ends. Secrets are redacted before it sees anything.
 * What it throws is reported, and a run whose reporter failed is no pass; the verdict stands.
 */
export interface Reporter {
  readonly id: string;
  /** Called for each event of the history, in order, while the run goes on. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Called once, when result.json and the journal are stored. */
  readonly onEnd?: (run: StoredRun, means: ReporterMeans) => void | Promise<void>;
}
