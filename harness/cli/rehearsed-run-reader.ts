import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EDITS_FILE } from "../report/edits.ts";
import type { RehearsedRun } from "../report/rehearsed-run.ts";
import { earlierRun } from "./earlier-run.ts";
import { readStoredRun } from "./stored-run-reader.ts";

/**
 * A stored run with what reports show beside it: people's edits, from beside the report or else the
 * run's folder (read, never written), and the run it is compared with: `against`, or else the newest
 * earlier one of the same scenarios.
 */
export function readRehearsedRun(
  folder: string,
  means: { readonly output: string; readonly against: string | undefined },
): RehearsedRun {
  const { output, against } = means;
  const run = readStoredRun(folder);
  const file = [output, folder].map((at) => join(at, EDITS_FILE)).find((path) => existsSync(path));
  const earlier =
    against === undefined ? earlierRun(folder, run.result) : readStoredRun(against).result;
  return {
    ...run,
    ...(file === undefined ? {} : { edits: readFileSync(file, "utf8") }),
    ...(earlier === null ? {} : { earlier }),
  };
}
