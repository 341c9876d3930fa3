import { brokenIn } from "../checker/calibrate-judge.ts";
import type { Checker } from "../checker/check.ts";
import { checkers } from "../checker/guarantees.ts";
import { judgeRun } from "../checker/judge.ts";
import type {
  ModelCalibration,
  ModelVariantCalibration,
  ModelWorldCalibration,
} from "../model/calibration.ts";
import type { GuaranteeId } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { ScenarioResult } from "../model/result.ts";
import { apply, type Action } from "./actions.ts";
import { epilogue, explore, prologue, type Ending } from "./explore.ts";
import { carefulProtocol, type Protocol } from "./protocol.ts";
import { Recorder } from "./run-history.ts";
import { protocolVariants } from "./variants/index.ts";
import { scheduleOf } from "./schedule.ts";
import type { ProtocolVariant } from "./variants/variant.ts";
import { initialState, type Context, type World } from "./world.ts";
import { worlds } from "./worlds.ts";

export interface ModelCheckOptions {
  /** The judge's checkers; a test takes one away to see that it is missed. */
  readonly by?: readonly Checker[];
  readonly careful?: Protocol;
  readonly variants?: readonly ProtocolVariant[];
  /** Where the careful protocol must pass; every world by default. */
  readonly worlds?: readonly World[];
  /** Faults in one run, at most; by default as many as each world allows. */
  readonly faultsMax?: number;
}

/**
 * Explores the protocol in small worlds, every interleaving with every fault at every step, and has the
 * judge of real runs judge the histories. The careful protocol must pass all of them; each known defect
 * must be found, by exactly its guarantees.
 */
export function modelCheck(options: ModelCheckOptions = {}): ModelCalibration {
  const { by = checkers, careful = carefulProtocol, variants = protocolVariants } = options;
  const limited = (world: World): World => {
    const faultsMax = Math.min(options.faultsMax ?? Infinity, world.faultsMax);
    return { ...world, faultsMax };
  };
  const small: readonly World[] = options.worlds ?? Object.values(worlds);
  const passed = small.map((world) => checkCareful(limited(world), careful, by));
  const caught = variants.map((variant) =>
    checkVariant(variant, { world: limited(worlds[variant.world]), careful, by }),
  );
  const all = [...passed, ...caught];
  return {
    states: all.reduce((sum, { states }) => sum + states, 0),
    histories: all.reduce((sum, { histories }) => sum + histories, 0),
    careful: passed,
    variants: caught,
    isAsStated:
      passed.every(({ notPassed }) => notPassed.length === 0) && caught.every(({ exact }) => exact),
  };
}

function checkCareful(
  world: World,
  protocol: Protocol,
  by: readonly Checker[],
): ModelWorldCalibration {
  const checked = check({ world, variant: null, protocolOf: () => protocol, by });
  const failed = checked.endings.filter(({ result }) => result.verdict !== "pass");
  return {
    id: world.id,
    title: world.title,
    faultsMax: world.faultsMax,
    states: checked.states,
    histories: checked.endings.length,
    notPassed: failed.map(({ result }) => reasonOf(result)).slice(0, REASONS_MAX),
    schedule: failed[0]?.schedule() ?? [],
  };
}

const REASONS_MAX = 5;

function reasonOf(result: ScenarioResult): string {
  const broken = brokenIn(result);
  return broken.length > 0 ? broken.join(", ") : result.verdict;
}

/** With as few faults as it takes: first none, then one, then as many as the world allows. */
function checkVariant(
  variant: ProtocolVariant,
  where: { readonly world: World; readonly careful: Protocol; readonly by: readonly Checker[] },
): ModelVariantCalibration {
  const { world, careful, by } = where;
  const changed = { ...careful, ...variant.change };
  const protocolOf = (instance: number): Protocol =>
    variant.isNextVersion === true && instance === 0 ? careful : changed;
  let states = 0;
  let histories = 0;
  for (let faultsMax = 0; ; faultsMax += 1) {
    const checked = check({ world: { ...world, faultsMax }, variant: variant.id, protocolOf, by });
    states += checked.states;
    histories += checked.endings.length;
    const found = foundIn(checked.endings);
    const isFound = variant.breaks.every((id) => found.includes(id));
    if (!isFound && faultsMax < world.faultsMax) continue;
    const shortest = shortestOf(checked.endings, variant.breaks);
    return {
      id: variant.id,
      world: world.id,
      expected: variant.breaks,
      found,
      exact: isFound && found.every((id) => variant.breaks.includes(id)),
      states,
      histories,
      faults: faultsMax,
      schedule: shortest?.schedule() ?? [],
    };
  }
}

function foundIn(endings: readonly JudgedEnding[]): readonly GuaranteeId[] {
  return [...new Set(endings.flatMap(({ result }) => brokenIn(result)))].sort();
}

/** The shortest schedule that breaks most of what is expected. */
function shortestOf(
  endings: readonly JudgedEnding[],
  expected: readonly GuaranteeId[],
): JudgedEnding | undefined {
  const hits = ({ result }: JudgedEnding): number =>
    brokenIn(result).filter((id) => expected.includes(id)).length;
  return endings
    .filter((ending) => hits(ending) > 0)
    .toSorted(
      (a, b) => hits(b) - hits(a) || a.faults - b.faults || a.actions.length - b.actions.length,
    )[0];
}

interface Question {
  readonly world: World;
  readonly variant: string | null;
  readonly protocolOf: Context["protocolOf"];
  readonly by: readonly Checker[];
}

export interface JudgedEnding extends Ending {
  readonly result: ScenarioResult;
  readonly schedule: () => readonly string[];
}

/** Explores one world and judges every history that a judge could tell from the others. */
export function check({ world, variant, protocolOf, by }: Question): {
  readonly states: number;
  readonly endings: readonly JudgedEnding[];
} {
  const context: Context = { world, protocolOf, sink: { emit: () => {} } };
  const { states, endings } = explore(context, world.faultsMax);
  return {
    states,
    endings: endings.map((ending) => {
      const history = historyOf(context, variant, ending.actions);
      const [result] = judgeRun(history, by);
      if (result === undefined) throw new Error("a simulated history without a header");
      return { ...ending, result, schedule: () => scheduleOf(context, ending.actions) };
    }),
  };
}

/** The history of one schedule, as a real run would have recorded it. */
export function historyOf(
  { world, protocolOf }: Pick<Context, "world" | "protocolOf">,
  variant: string | null,
  actions: readonly Action[],
): readonly HistoryEvent[] {
  const quiet: Context = { world, protocolOf, sink: { emit: () => {} } };
  const recorder = new Recorder(quiet, variant);
  const context: Context = { ...quiet, sink: recorder };
  const start = prologue(context, initialState(world));
  const end = epilogue(
    context,
    actions.reduce((state, action) => apply(context, state, action), start),
  );
  return recorder.finished(context, end);
}
