import { baseIdOf } from "../../model/repeats.ts";
import type { RunResult, ScenarioResult } from "../../model/result.ts";
import { worstVerdict } from "../../model/verdict.ts";
import { compareRuns, timingsIn, type Change } from "../compare.ts";
import { median } from "../noise.ts";
import { count, duration } from "../numbers.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { verdictLabel } from "./verdict-words.ts";

/** An earlier run of the same scenarios beside this one. */
interface BeforeAfter {
  /** The earlier run, in words. */
  readonly before: string;
  /** Regressions first. */
  readonly changes: readonly Change[];
  /** Scenarios with a change first. */
  readonly figures: readonly { readonly scenario: string; readonly rows: readonly Row[] }[];
  readonly noise: string;
  /** What makes the two runs less alike than one would think. */
  readonly notes: readonly string[];
}

interface Row {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

const EFFECTS: readonly Change["effect"][] = ["regression", "unclear", "improvement"];

/** Null when there is no earlier run of any of these scenarios: nothing is compared with nothing. */
export function beforeAfter({ earlier, result }: RehearsedRun): BeforeAfter | null {
  if (earlier === undefined) return null;
  const [was, is] = [samplesOf(earlier), samplesOf(result)];
  const shared = [...is.keys()].filter((id) => was.has(id));
  if (shared.length === 0) return null;
  const { changes, noise, notes } = compareRuns(earlier, result);
  const rank = (id: string): number => (changes.some(({ scenario }) => scenario === id) ? 0 : 1);
  return {
    before: `run ${earlier.runId} of ${earlier.startedAt.slice(0, 10)}, gameday ${earlier.gamedayVersion}`,
    changes: EFFECTS.flatMap((effect) => changes.filter((change) => change.effect === effect)),
    figures: shared
      .toSorted((a, b) => rank(a) - rank(b))
      .map((id) => ({ scenario: id, rows: rowsOf(was.get(id) ?? [], is.get(id) ?? []) })),
    noise: `${count(noise)} ${noise === 1 ? "timing differs" : "timings differ"} by no more than noise. A timing counts as slower or faster only when three runs a side show their spread (--repeat-each 3).`,
    notes,
  };
}

type Samples = readonly ScenarioResult[];

/** Repeated runs of a scenario are samples of one. */
function samplesOf({ scenarios }: RunResult): ReadonlyMap<string, Samples> {
  return Map.groupBy(scenarios, ({ id }) => baseIdOf(id));
}

function rowsOf(before: Samples, after: Samples): readonly Row[] {
  const timings = new Set([...before, ...after].flatMap((run) => [...timingsIn(run).keys()]));
  const row = (what: string, say: (runs: Samples) => string): Row => ({
    what,
    before: say(before),
    after: say(after),
  });
  return [
    row("verdict", (runs) => verdictLabel(worstVerdict(runs.map(({ verdict }) => verdict)))),
    row("payments with one outcome", outcomesText),
    row("duplicated, lost, torn, phantom", wrongText),
    row("redeliveries", (runs) => count(sum(runs, ({ exercised }) => exercised.redeliveries))),
    ...[...timings].map((name) => row(name, (runs) => timingText(runs, name))),
  ];
}

const sum = (runs: Samples, of: (run: ScenarioResult) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);

function outcomesText(runs: Samples): string {
  const good = sum(runs, ({ outcomes }) => outcomes.once + outcomes.recovered);
  return `${count(good)} of ${count(sum(runs, ({ outcomes }) => outcomes.expected))}`;
}

function wrongText(runs: Samples): string {
  const names = ["duplicated", "lost", "torn", "phantom"] as const;
  return names.map((name) => count(sum(runs, ({ outcomes }) => outcomes[name]))).join(", ");
}

function timingText(runs: Samples, name: string): string {
  const values = runs.flatMap((run) => timingsIn(run).get(name) ?? []);
  if (values.length === 0) return "–";
  const middle = duration(median(values));
  return values.length === 1
    ? middle
    : `${middle} (${duration(Math.min(...values))} to ${duration(Math.max(...values))})`;
}
