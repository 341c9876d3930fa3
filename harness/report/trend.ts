import { baseIdOf } from "../model/repeats.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import type { RunVerdict } from "../model/verdict.ts";
import { changeText, median, timingChange } from "./noise.ts";

/** What became of one scenario (of one variant) over the stored runs, oldest first. */
export interface Trend {
  readonly scenario: string;
  readonly variant: string | null;
  readonly verdicts: readonly RunVerdict[];
  readonly pass: number;
  readonly violated: number;
  /** Median of the recoveries; null when none was measured. */
  readonly drainedMs: number | null;
  /** What a reader should look at, in words. */
  readonly remarks: readonly string[];
}

/**
 * Trends of every scenario, in the order in which they were first seen. Shards that were merged are
 * counted as part of the merged run only. Pure.
 */
export function trendsOf(runs: readonly RunResult[]): readonly Trend[] {
  const merged = new Set(runs.flatMap(({ mergedFrom = [] }) => mergedFrom));
  const whole = runs.filter(({ runId }) => !merged.has(runId));
  const samples = whole.flatMap(({ scenarios, gamedayVersion }) =>
    scenarios.map((scenario) => ({ scenario, gamedayVersion })),
  );
  const groups = Map.groupBy(
    samples,
    ({ scenario }) => `${baseIdOf(scenario.id)} ${scenario.variant}`,
  );
  return [...groups.values()].flatMap((group) => {
    const scenarios = group.map(({ scenario }) => scenario);
    const [first] = scenarios;
    if (first === undefined) return [];
    const verdicts = scenarios.map(({ verdict }) => verdict);
    const drained = scenarios.flatMap(({ recovery }) => recovery.drainedMs ?? []);
    return [
      {
        scenario: baseIdOf(first.id),
        variant: first.variant,
        verdicts,
        pass: verdicts.filter((verdict) => verdict === "pass").length,
        violated: verdicts.filter((verdict) => verdict === "violated").length,
        drainedMs: drained.length === 0 ? null : median(drained),
        remarks: [
          ...verdictRemarks(
            verdicts,
            group.map(({ gamedayVersion }) => gamedayVersion),
          ),
          ...timingRemarks(scenarios),
        ],
      },
    ];
  });
}

function verdictRemarks(
  verdicts: readonly RunVerdict[],
  versions: readonly string[],
): readonly string[] {
  const [last, previous] = [verdicts.at(-1), verdicts.at(-2)];
  if (last === "violated" && previous === "pass") return ["newly violated"];
  const ofVersion = (wanted: RunVerdict): ReadonlySet<string | undefined> =>
    new Set(verdicts.flatMap((verdict, i) => (verdict === wanted ? [versions[i]] : [])));
  const broken = ofVersion("violated");
  const both = [...ofVersion("pass")].filter((version) => broken.has(version));
  return [
    ...(both.length > 0
      ? ["violated and passed with the same gameday: not told apart by luck"]
      : []),
    ...(last === "pass" && previous === "violated" ? ["passes again"] : []),
  ];
}

/** The last recovery against all before it. */
function timingRemarks(scenarios: readonly ScenarioResult[]): readonly string[] {
  const drained = scenarios.flatMap(({ recovery }) => recovery.drainedMs ?? []);
  const change = timingChange(drained.slice(0, -1), drained.slice(-1));
  return change === null || change.kind === "noise"
    ? []
    : [`recovery ${change.kind}: ${changeText(change)}`];
}
