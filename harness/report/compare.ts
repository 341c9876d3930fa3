import { baseIdOf } from "../model/repeats.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { OUTCOMES, worstVerdict, type Outcome, type RunVerdict } from "../model/verdict.ts";
import { changeText, SAMPLES_MIN, timingChange } from "./noise.ts";

/** One thing that is not the same in two runs. */
export interface Change {
  readonly scenario: string;
  readonly what: "verdict" | "guarantee" | "outcome" | "timing" | "presence";
  readonly effect: "regression" | "improvement" | "unclear";
  readonly text: string;
}

export interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly verdicts: { readonly before: RunVerdict; readonly after: RunVerdict };
  readonly changes: readonly Change[];
  /** Timings that differ by no more than noise. */
  readonly noise: number;
  /** What makes the two runs less alike than one would think. */
  readonly notes: readonly string[];
}

/** What became of each scenario from one run to another, with regressions told from noise. Pure. */
export function compareRuns(before: RunResult, after: RunResult): Comparison {
  const [a, b] = [byScenario(before), byScenario(after)];
  const shared = [...a.keys()].filter((id) => b.has(id));
  const timings = shared.map((id) => timingsOf(id, a.get(id) ?? [], b.get(id) ?? []));
  const changes = shared.flatMap((id) => [
    ...judgedChanges(id, a.get(id) ?? [], b.get(id) ?? []),
    ...(timings[shared.indexOf(id)]?.changes ?? []),
  ]);
  return {
    before: before.runId,
    after: after.runId,
    verdicts: { before: before.verdict, after: after.verdict },
    changes: [...presence(a, b), ...changes],
    noise: timings.reduce((sum, { noise }) => sum + noise, 0),
    notes: notesOf(before, after),
  };
}

type Samples = ReadonlyMap<string, readonly ScenarioResult[]>;

/** Repeated runs of a scenario are samples of one. */
function byScenario({ scenarios }: RunResult): Samples {
  return Map.groupBy(scenarios, ({ id }) => baseIdOf(id));
}

function presence(a: Samples, b: Samples): readonly Change[] {
  const gone = [...a.keys()].filter((id) => !b.has(id));
  const added = [...b.keys()].filter((id) => !a.has(id));
  return [
    ...gone.map((id) => ({
      scenario: id,
      what: "presence" as const,
      effect: "unclear" as const,
      text: "was rehearsed before and is not now: nothing is known of it",
    })),
    ...added.map((id) => ({
      scenario: id,
      what: "presence" as const,
      effect: "unclear" as const,
      text: "is rehearsed now and was not before",
    })),
  ];
}

const ORDER: readonly RunVerdict[] = [
  "pass",
  "inconclusive",
  "environment",
  "interrupted",
  "violated",
];

function judgedChanges(
  scenario: string,
  before: readonly ScenarioResult[],
  after: readonly ScenarioResult[],
): readonly Change[] {
  const verdicts = [before, after].map((runs) => worstVerdict(runs.map((run) => run.verdict)));
  const [was = "inconclusive", is = "inconclusive"] = verdicts;
  const verdict: readonly Change[] =
    was === is
      ? []
      : [
          {
            scenario,
            what: "verdict",
            effect: ORDER.indexOf(is) > ORDER.indexOf(was) ? "regression" : "improvement",
            text: `${was} -> ${is}`,
          },
        ];
  return [
    ...verdict,
    ...guaranteeChanges(scenario, before, after),
    ...outcomeChanges(scenario, before, after),
  ];
}

type Flag = "holds" | "unknown" | "broken";
const FLAGS: readonly Flag[] = ["holds", "unknown", "broken"];

/** The worst of all runs: one violation is a violation. */
function flagsOf(runs: readonly ScenarioResult[]): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const { id, violated } of runs.flatMap(({ guarantees }) => guarantees)) {
    const flag = violated === null ? "unknown" : violated ? "broken" : "holds";
    const worst = Math.max(FLAGS.indexOf(flag), FLAGS.indexOf(flags.get(id) ?? "holds"));
    flags.set(id, FLAGS[worst] ?? "unknown");
  }
  return flags;
}

function guaranteeChanges(
  scenario: string,
  before: readonly ScenarioResult[],
  after: readonly ScenarioResult[],
): readonly Change[] {
  const [was, is] = [flagsOf(before), flagsOf(after)];
  return [...is].flatMap(([id, flag]) => {
    const old = was.get(id);
    if (old === undefined || old === flag) return [];
    const effect = FLAGS.indexOf(flag) > FLAGS.indexOf(old) ? "regression" : "improvement";
    return [{ scenario, what: "guarantee", effect, text: `${id}: ${old} -> ${flag}` } as const];
  });
}

const GOOD: readonly Outcome[] = ["once", "recovered"];

function outcomeChanges(
  scenario: string,
  before: readonly ScenarioResult[],
  after: readonly ScenarioResult[],
): readonly Change[] {
  const total = (runs: readonly ScenarioResult[], name: Outcome | "expected"): number =>
    runs.reduce((sum, { outcomes }) => sum + outcomes[name], 0);
  return OUTCOMES.filter((name) => !GOOD.includes(name)).flatMap((name) => {
    const [was, is] = [total(before, name), total(after, name)];
    const [ofWas, ofIs] = [total(before, "expected"), total(after, "expected")];
    if (was * ofIs === is * ofWas) return [];
    return [
      {
        scenario,
        what: "outcome",
        effect: is * ofWas > was * ofIs ? "regression" : "improvement",
        text: `${name}: ${was} of ${ofWas} -> ${is} of ${ofIs} payments`,
      } as const,
    ];
  });
}

function timingsOf(
  scenario: string,
  before: readonly ScenarioResult[],
  after: readonly ScenarioResult[],
): { readonly changes: readonly Change[]; readonly noise: number } {
  const names = new Set([...before, ...after].flatMap((run) => [...timingsIn(run).keys()]));
  const samples = (runs: readonly ScenarioResult[], name: string): readonly number[] =>
    runs.flatMap((run) => timingsIn(run).get(name) ?? []);
  const found = [...names].flatMap((name) => {
    const change = timingChange(samples(before, name), samples(after, name));
    return change === null ? [] : [{ name, change }];
  });
  const real = found.filter(({ change }) => change.kind !== "noise");
  return {
    noise: found.filter(({ change }) => change.kind === "noise" && change.from !== change.to)
      .length,
    changes: real.map(({ name, change }) => {
      const doubt = change.hasSpread ? "" : `; fewer than ${SAMPLES_MIN} runs a side, may be noise`;
      const known = change.kind === "slower" ? "regression" : "improvement";
      return {
        scenario,
        what: "timing",
        effect: change.hasSpread ? known : "unclear",
        text: `${name} ${change.kind}: ${changeText(change)}${doubt}`,
      };
    }),
  };
}

/** Durations of one run of a scenario, by name. */
export function timingsIn({ recovery, rates }: ScenarioResult): ReadonlyMap<string, number> {
  const named: readonly (readonly [string, number | null])[] = [
    ["first progress", recovery.firstProgressMs],
    ["drained", recovery.drainedMs],
    ...Object.entries(rates?.latencyMs ?? {}).flatMap(([type, { p50, p95 }]) => [
      [`latency p50 of ${type}`, p50] as const,
      [`latency p95 of ${type}`, p95] as const,
    ]),
  ];
  return new Map(named.flatMap(([name, ms]) => (ms === null ? [] : [[name, ms] as const])));
}

function notesOf(before: RunResult, after: RunResult): readonly string[] {
  const differs = (what: string, a: string, b: string): readonly string[] =>
    a === b ? [] : [`${what} differs: ${a}, ${b}`];
  const variants = ({ scenarios }: RunResult): string =>
    [...new Set(scenarios.map(({ variant }) => variant ?? "none"))].join(", ");
  return [
    ...differs("gameday", before.gamedayVersion, after.gamedayVersion),
    ...differs("stack", before.stack, after.stack),
    ...differs("seed", String(before.seed), String(after.seed)),
    ...differs("variant", variants(before), variants(after)),
    ...["project", "kafka", "postgres", "node"].flatMap((name) =>
      differs(name, before.environment[name] ?? "?", after.environment[name] ?? "?"),
    ),
  ];
}
