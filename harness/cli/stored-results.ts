import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baseIdOf } from "../model/repeats.ts";
import type { RunResult } from "../model/result.ts";

/** A run's id begins with its start in UTC, so that names sort by time. */
export const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]+$/;

/** Unique within a second by its random part. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

export interface StoredResult {
  readonly folder: string;
  readonly result: RunResult;
}

export interface StoredResults {
  /** Oldest first. */
  readonly runs: readonly StoredResult[];
  /** Folders of runs without a result that can be read: crashed, or still going on. */
  readonly unread: readonly string[];
}

/** Every run kept in a reports folder; none when there is no such folder. */
export function storedResults(reports: string): StoredResults {
  const runs: StoredResult[] = [];
  const unread: string[] = [];
  for (const name of runFolders(reports)) {
    const folder = join(reports, name);
    const result = resultIn(folder);
    if (result === null) unread.push(folder);
    else runs.push({ folder, result });
  }
  return { runs, unread };
}

/** Names of the folders that hold runs, oldest first. */
export function runFolders(reports: string): readonly string[] {
  try {
    return readdirSync(reports, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && RUN_ID.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch {
    return []; // No folder yet: no runs.
  }
}

/** The result of a run; null when it left none that can be read. */
export function resultIn(folder: string): RunResult | null {
  try {
    const value = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as RunResult;
    return value.schemaVersion === 1 && Array.isArray(value.scenarios) ? value : null;
  } catch {
    return null; // Said by the caller: it left no result that can be read.
  }
}

/** Scenarios of a run that did not pass, or were not run at all. */
export function failedIn({ scenarios, notRun = [] }: RunResult): ReadonlySet<string> {
  const failed = scenarios.filter(({ verdict }) => verdict !== "pass");
  return new Set([...failed, ...notRun].map(({ id }) => baseIdOf(id)));
}
