import type { RunResult } from "../model/result.ts";
import type { StoredRun } from "./stored-run.ts";

/** A stored run with what is shown beside it. */
export interface RehearsedRun extends StoredRun {
  /** What people wrote: the text of the side file, if there is one. */
  readonly edits?: string;
  /** An earlier run of the same scenarios, if there is one. */
  readonly earlier?: RunResult;
}
