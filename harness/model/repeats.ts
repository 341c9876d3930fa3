import type { Repeats, ScenarioResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";

/**
 * `count` runs of each scenario, one after the other; run k of several has the id `<id>.k`.
 * Ids of scenarios have no dot, and names of proxies, groups and containers may have one.
 */
export function repeated(scenarios: readonly Scenario[], count: number): readonly Scenario[] {
  if (count === 1) return scenarios;
  return scenarios.flatMap((scenario) =>
    Array.from({ length: count }, (_, index) => ({
      ...scenario,
      id: `${scenario.id}.${index + 1}`,
    })),
  );
}

/** The scenario a run of it belongs to. */
export function baseIdOf(id: string): string {
  return id.replace(/\.\d+$/, "");
}

/** How the runs of each repeated scenario ended; empty when none was repeated. */
export function repeatsOf(scenarios: readonly ScenarioResult[]): readonly Repeats[] {
  const groups = Map.groupBy(
    scenarios.filter(({ id }) => id !== baseIdOf(id)),
    ({ id }) => baseIdOf(id),
  );
  return [...groups].map(([id, runs]) => {
    const count = (verdict: ScenarioResult["verdict"]): number =>
      runs.filter((run) => run.verdict === verdict).length;
    const pass = count("pass");
    const violated = count("violated");
    return { id, runs: runs.length, pass, violated, other: runs.length - pass - violated };
  });
}
