import type { HistoryEvent } from "../model/history.ts";
import type { RunResult } from "../model/result.ts";

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
