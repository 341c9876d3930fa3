import { existsSync, readlinkSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { HarnessError } from "../model/errors.ts";
import { runFolders } from "./stored-results.ts";

/** A folder without a result that was written to within this time may be a run that goes on. */
const GOING_ON_MS = 60 * 60 * 1000;

/**
 * Removes the oldest runs of a reports folder, but for the newest `keep`, the one `latest` points at,
 * and runs that may be going on. Touches nothing else in there. Returns the names removed.
 */
export function prune(
  reports: string,
  options: { readonly keep: number; readonly nowMs: number },
): readonly string[] {
  const { keep, nowMs } = options;
  if (!Number.isSafeInteger(keep) || keep < 0) {
    throw new HarnessError("usage", "--keep must be a whole number from 0, e.g. --keep 20.");
  }
  const names = runFolders(reports);
  const latest = latestOf(reports);
  const old = names
    .slice(0, Math.max(0, names.length - keep))
    .filter((name) => name !== latest && !mayGoOn(join(reports, name), nowMs));
  for (const name of old) rmSync(join(reports, name), { recursive: true, force: true });
  return old;
}

function latestOf(reports: string): string | null {
  try {
    return basename(readlinkSync(join(reports, "latest")));
  } catch {
    return null; // No link: nothing is latest.
  }
}

function mayGoOn(folder: string, nowMs: number): boolean {
  if (existsSync(join(folder, "result.json"))) return false;
  const journal = join(folder, "journal.ndjson");
  const touched = statSync(existsSync(journal) ? journal : folder).mtimeMs;
  return nowMs - touched < GOING_ON_MS;
}
