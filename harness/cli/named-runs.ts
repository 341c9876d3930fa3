import { existsSync, globSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { journalFile } from "../journal/journal-file.ts";
import { HarnessError } from "../model/errors.ts";

/**
 * The runs that paths name: a run's folder, a journal file, a folder of runs, or a pattern of these
 * (for shells that leave patterns alone). HarnessError("usage") where there is no run.
 */
export function runsNamed(names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap(pathsOf).flatMap(runsAt))];
}

function pathsOf(name: string): readonly string[] {
  if (existsSync(name) || !/[*?[{]/.test(name)) return [name];
  const found = globSync(name).sort();
  if (found.length > 0) return found;
  throw new HarnessError("usage", `Nothing matches ${name}. Name runs, e.g. reports/*.`);
}

function runsAt(path: string): readonly string[] {
  if (!existsSync(path) || !statSync(path).isDirectory() || existsSync(journalFile(path))) {
    return [path];
  }
  const runs = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((each) => !lstatSync(each).isSymbolicLink() && existsSync(journalFile(each)));
  if (runs.length > 0) return runs;
  throw new HarnessError(
    "usage",
    `${path} has no journal.ndjson (nor journal.ndjson.gz), and no folder in it has one: there is no evidence to judge. Name a run's folder, e.g. reports/latest.`,
  );
}
