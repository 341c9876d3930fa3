import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { baseIdOf } from "../model/repeats.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { resultIn, RUN_ID, runFolders } from "./stored-results.ts";

/** Older runs than this many are not looked at. */
const RUNS_MAX = 50;

/**
 * The newest run before this one, kept beside it, that rehearsed the same scenarios: rather with the
 * same variant than not, rather all of them than some. Only what both rehearsed is in it. Null when
 * there is none.
 */
export function earlierRun(folder: string, result: RunResult): RunResult | null {
  if (!existsSync(folder)) return null;
  const own = realpathSync(folder);
  const [name, reports] = [basename(own), dirname(own)];
  if (!RUN_ID.test(name)) return null;
  const found: { readonly run: RunResult; readonly likeness: number }[] = [];
  const older = runFolders(reports).filter((each) => each < name);
  for (const each of older.slice(-RUNS_MAX).reverse()) {
    const before = resultIn(join(reports, each));
    if (before === null) continue;
    const likeness = likenessOf(before, result);
    if (likeness === LIKENESS_MAX) return sharedOf(before, result);
    if (likeness > 0) found.push({ run: before, likeness });
  }
  // Stable: of equals the newest stays first.
  const [best] = found.sort((a, b) => b.likeness - a.likeness);
  return best === undefined ? null : sharedOf(best.run, result);
}

const LIKENESS_MAX = 3;

function likenessOf(before: RunResult, after: RunResult): number {
  const shared = sharedOf(before, after).scenarios;
  if (shared.length === 0) return 0;
  const variants = (scenarios: readonly ScenarioResult[]): string =>
    [...new Set(scenarios.map(({ variant }) => variant ?? ""))].sort().join(" ");
  const isSameVariant = variants(shared) === variants(after.scenarios);
  const isAll = idsOf(shared).size === idsOf(after.scenarios).size;
  return 1 + (isSameVariant ? 1 : 0) + (isAll ? 1 : 0);
}

/** Scenarios that came to a judgement of their own in the earlier run, and are in both. */
function sharedOf(before: RunResult, after: RunResult): RunResult {
  const wanted = idsOf(after.scenarios);
  const scenarios = before.scenarios.filter(
    ({ id, verdict }) =>
      wanted.has(baseIdOf(id)) && verdict !== "environment" && verdict !== "interrupted",
  );
  return { ...before, scenarios };
}

const idsOf = (scenarios: readonly ScenarioResult[]): ReadonlySet<string> =>
  new Set(scenarios.map(({ id }) => baseIdOf(id)));
