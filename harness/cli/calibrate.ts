import { join } from "node:path";
import { brokenIn, judgeControls } from "../checker/calibrate-judge.ts";
import {
  isExact,
  type CalibrationPair,
  type CalibrationResult,
  type CarefulCalibration,
  type ControlResult,
  type VariantCalibration,
} from "../model/calibration.ts";
import { HarnessError } from "../model/errors.ts";
import type { RunResult } from "../model/result.ts";
import type { Scenario } from "../model/scenario.ts";
import { readJournal } from "./journal-reader.ts";
import type { Loaded } from "./load.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { suggest } from "./suggest.ts";
import { defaultWorkers, runAndStore, version, type FinishedRun } from "./session.ts";
import { StackPool } from "../runner/stack-pool.ts";

export interface CalibrateOptions {
  readonly loaded: Loaded;
  readonly stack: StackAdapter;
  /** Variants to calibrate; all that are declared when empty. */
  readonly variants: readonly string[];
  /** Every variant against every scenario, for the table; only declared pairs decide. */
  readonly isFull: boolean;
  readonly seed: number | undefined;
  readonly output: string | undefined;
  readonly progress: (line: string) => void;
}

type Rehearse = (
  scenarios: readonly Scenario[],
  options?: {
    readonly variant?: string;
    readonly isArmed?: boolean;
    readonly loaded?: Loaded;
    readonly workers?: number;
    readonly shared?: StackAdapter;
  },
) => Promise<FinishedRun>;

/** Requires that each known-broken variant is caught by exactly its guarantees, and controls as stated. */
export async function calibrate(options: CalibrateOptions): Promise<CalibrationResult> {
  const startedAtMs = performance.now();
  const startedAt = new Date().toISOString();
  const { loaded } = options;
  const pairs = pairsOf(options);
  await using stacks = new StackPool(options.stack);
  const rehearse: Rehearse = (scenarios, over = {}) =>
    runAndStore({
      shared: over.shared ?? stacks,
      loaded: over.loaded ?? loaded,
      scenarios,
      variant: over.variant ?? null,
      seed: options.seed,
      eviction: null,
      isArmed: over.isArmed ?? true,
      output: join(options.output ?? loaded.config.output ?? "reports", "calibration"),
      isQuiet: true,
      workers: over.workers,
    });
  options.progress("careful service: the whole catalogue");
  const careful = await rehearse(loaded.scenarios);
  const variants = await inTurns(pairs, (pair) => {
    options.progress(`variant ${pair.variant}`);
    return calibrateVariant(pair, options, rehearse);
  });
  options.progress("controls");
  const controls = [
    ...(await rehearsalControls(loaded, rehearse, stacks)),
    ...changedHistories(careful),
  ];
  const carefulResult = carefulOf(careful.result);
  return {
    schemaVersion: 1,
    gamedayVersion: version(),
    startedAt,
    seconds: Math.round((performance.now() - startedAtMs) / 100) / 10,
    variants,
    careful: carefulResult,
    controls,
    isAsStated:
      carefulResult.verdict === "pass" &&
      variants.every(({ exact }) => exact) &&
      controls.every(({ isAsStated }) => isAsStated),
  };
}

/** Several at a time, results in order. */
async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: defaultWorkers() }, takeTurns));
  return results;
}

function pairsOf({ loaded, variants }: CalibrateOptions): readonly CalibrationPair[] {
  const declared = loaded.config.calibration ?? [];
  if (declared.length === 0) {
    throw new HarnessError(
      "usage",
      "Nothing to calibrate with: declare calibration in gameday.config.ts (which variant which scenario must catch).",
    );
  }
  const known = declared.map(({ variant }) => variant);
  for (const name of variants) {
    if (!known.includes(name)) {
      throw new HarnessError("usage", `Unknown variant "${name}". ${suggest(name, known)}`);
    }
  }
  return variants.length === 0
    ? declared
    : declared.filter(({ variant }) => variants.includes(variant));
}

async function calibrateVariant(
  pair: CalibrationPair,
  { loaded, isFull }: CalibrateOptions,
  rehearse: Rehearse,
): Promise<VariantCalibration> {
  const wanted = isFull ? loaded.scenarios.map(({ id }) => id) : Object.keys(pair.by);
  const { result } = await rehearse(scenariosOf(loaded, wanted), {
    variant: pair.variant,
    workers: 1,
  });
  const found = Object.fromEntries(
    result.scenarios
      .map((scenario) => [scenario.id, brokenIn(scenario)] as const)
      .filter(([id, broken]) => broken.length > 0 || id in pair.by),
  );
  const exact = Object.keys(pair.by).every((id) => isExact(pair, id, found[id] ?? []));
  return {
    id: pair.variant,
    expected: pair.by,
    ...(pair.also === undefined ? {} : { also: pair.also }),
    caughtBy: Object.keys(found).filter((id) => (found[id] ?? []).length > 0),
    found,
    exact: exact && result.error === undefined,
    ...(result.error === undefined ? {} : { error: result.error.message }),
  };
}

function scenariosOf({ scenarios }: Loaded, ids: readonly string[]): readonly Scenario[] {
  return ids.map((id) => {
    const found = scenarios.find((scenario) => scenario.id === id);
    if (found !== undefined) return found;
    const known = scenarios.map((scenario) => scenario.id);
    throw new HarnessError("usage", `calibration names "${id}". ${suggest(id, known)}`);
  });
}

function carefulOf(result: RunResult): CarefulCalibration {
  const notPassed = result.scenarios.filter(({ verdict }) => verdict !== "pass");
  return {
    verdict: result.verdict,
    scenarios: result.scenarios.length,
    notPassed: Object.fromEntries(notPassed.map(({ id, verdict }) => [id, verdict])),
  };
}

/** Flaws of a rehearsal that must never end in a pass. */
async function rehearsalControls(
  loaded: Loaded,
  rehearse: Rehearse,
  stacks: StackPool,
): Promise<readonly ControlResult[]> {
  // A kill, so that there is something to survive.
  const isPlain = ({ faults }: Scenario): boolean =>
    faults.length === 1 && faults[0]?.fault === "kill";
  const subject = loaded.scenarios.find(isPlain);
  if (subject === undefined) return [];
  const control = async (id: string, run: Promise<FinishedRun>): Promise<ControlResult> => {
    const { result } = await run;
    const got = result.verdict;
    return { id, expected: "inconclusive", got, isAsStated: got === "inconclusive" };
  };
  const quiet = { ...subject, faults: [], id: `${subject.id}-without-traffic` };
  const tiny = { ...quiet, workload: { ...quiet.workload, events: 1, poison: [], holds: [] } };
  const flaws: readonly [string, readonly Scenario[], Parameters<Rehearse>[1]?][] = [
    ["every fault is disarmed", [subject], { isArmed: false }],
    ["the subject goes around its Kafka link", [subject], { loaded: bypassing(loaded) }],
    ["too little traffic", [tiny]],
    [
      "the observer stops before the end of a topic",
      [quiet],
      { shared: withBlindObserver(stacks) },
    ],
    [
      "the command is a wrapper, and only the wrapper is killed",
      [subject],
      { loaded: wrapped(loaded) },
    ],
  ];
  return inTurns(flaws, ([id, scenarios, over]) => control(id, rehearse(scenarios, over)));
}

/** The same stack, whose observer misses the last record of every topic. */
function withBlindObserver(stack: StackAdapter): StackAdapter {
  return {
    name: stack.name,
    abilities: stack.abilities,
    diagnose: () => stack.diagnose(),
    start: async (options) => {
      const started = await stack.start(options);
      const readAll: typeof started.broker.readAll = async (topic) =>
        (await started.broker.readAll(topic)).slice(0, -1);
      return { ...started, broker: { ...started.broker, readAll } };
    },
  };
}

/** Starts the real command in a session of its own, and waits for it. */
const WRAPPER = `
  const { spawn } = require("node:child_process");
  const [program, ...args] = process.argv.slice(1);
  spawn(program, args, { detached: true, stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
`;

function wrapped(loaded: Loaded): Loaded {
  const { subject } = loaded.config;
  const command = [process.execPath, "-e", WRAPPER, ...subject.command] as const;
  return { ...loaded, config: { ...loaded.config, subject: { ...subject, command } } };
}

/** The same configuration, with instances told the brokers' own addresses. */
function bypassing(loaded: Loaded): Loaded {
  const { subject } = loaded.config;
  const env: typeof subject.env = (wiring) =>
    subject.env({ ...wiring, kafka: wiring.direct.kafka });
  return { ...loaded, config: { ...loaded.config, subject: { ...subject, env } } };
}

/** Changes to the careful run's own history that must break exactly what they say. */
function changedHistories({ folder, result }: FinishedRun): readonly ControlResult[] {
  const passed = result.scenarios.find(
    ({ verdict, faults }) => verdict === "pass" && faults.length === 1,
  );
  const { events } = readJournal(folder);
  return judgeControls(events.filter(({ scenario }) => scenario === passed?.id));
}

/** The table for people. */
export function renderCalibration(result: CalibrationResult): readonly string[] {
  const mark = (isFine: boolean): string => (isFine ? "ok  " : "FAIL");
  const { careful } = result;
  const others = Object.entries(careful.notPassed).map(([id, verdict]) => `${id}: ${verdict}`);
  return [
    `${mark(careful.verdict === "pass")} careful service: ${careful.scenarios} scenarios, ${careful.verdict}${others.length === 0 ? "" : ` (${others.join(", ")})`}`,
    "",
    ...result.variants.flatMap(({ id, expected, also, found, exact, error }) => [
      `${mark(exact)} ${id}${error === undefined ? "" : `: could not be rehearsed: ${error}`}`,
      ...Object.entries(found).map(([scenario, guarantees]) => {
        const wanted = expected[scenario];
        const note =
          wanted === undefined ||
          isExact({ variant: id, by: expected, ...(also && { also }) }, scenario, guarantees)
            ? ""
            : `, expected ${wanted.join(", ") || "nothing"}`;
        return `       ${scenario.padEnd(40)} ${guarantees.join(", ") || "nothing found"}${note}`;
      }),
    ]),
    "",
    ...result.controls.map(
      ({ id, expected, got, isAsStated }) =>
        `${mark(isAsStated)} control: ${id}: ${got || "nothing found"}${isAsStated ? "" : `, expected ${expected}`}`,
    ),
    "",
    `${result.isAsStated ? "CALIBRATED" : "NOT CALIBRATED"} in ${result.seconds} s: ${result.variants.filter(({ exact }) => exact).length} of ${result.variants.length} known-broken variants are caught exactly`,
  ];
}
