import type { StoredRun } from "./stored-run.ts";

/** A stored run with what people wrote beside it: the text of the side file, if there is one. */
export interface RehearsedRun extends StoredRun {
  readonly edits?: string;
}
