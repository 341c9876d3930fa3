import { randomInt } from "node:crypto";
import { join } from "node:path";
import { brokenIn } from "../checker/calibrate-judge.ts";
import {
  isExact,
  type CalibrationPair,
  type CalibrationResult,
  type CarefulCalibration,
  type VariantCalibration,
} from "../model/calibration.ts";
import { HarnessError, type ErrorCode } from "../model/errors.ts";
import type { NotRun, RunResult } from "../model/result.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Loaded } from "./load.ts";
import type { StackAbilities } from "../ports/fault.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { changedHistories, rehearsalControls } from "./calibrate-controls.ts";
import { calibrateModel, secondsSince } from "./calibrate-model.ts";
import { inTurns, type Rehearse } from "./calibrate-rehearse.ts";
import { splitAvailable } from "./sense.ts";
import { suggest } from "./suggest.ts";
import { runAndStore, version, type FinishedRun } from "./session.ts";
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

/** Requires that each known-broken variant is caught by exactly its guarantees, and controls as stated. */
export async function calibrate(options: CalibrateOptions): Promise<CalibrationResult> {
  const { loaded, leftOut } = rehearsable(options.loaded, options.stack.abilities);
  for (const { id, reason } of leftOut) options.progress(`left out: ${id}: ${reason}`);
  const seed = options.seed ?? randomInt(2 ** 31);
  await using stacks = new StackPool(options.stack);
  const rehearse: Rehearse = (scenarios, over = {}) =>
    runAndStore({
      shared: over.shared ?? stacks,
      loaded: over.loaded ?? loaded,
      scenarios,
      variant: over.variant ?? null,
      seed,
      eviction: null,
      isArmed: over.isArmed ?? true,
      output: join(options.output ?? loaded.config.output ?? "reports", "calibration"),
      isQuiet: true,
      workers: over.workers,
    });
  const means = { rehearse, stacks, model: calibrateModel };
  const result = await calibrateBy(means, { ...options, loaded, seed });
  return leftOut.length === 0 ? result : { ...result, leftOut };
}

/** What this stack can rehearse of the catalogue, and the twins that can be caught there. */
export function rehearsable(
  loaded: Loaded,
  abilities: StackAbilities,
): { readonly loaded: Loaded; readonly leftOut: readonly NotRun[] } {
  const { available, leftOut } = splitAvailable(loaded.scenarios, abilities, { isNamed: false });
  const isLeft = (id: string): boolean => leftOut.some((left) => left.id === id);
  const calibration = (loaded.config.calibration ?? []).flatMap((pair) => {
    const by = Object.entries(pair.by).filter(([id]) => !isLeft(id));
    return by.length === 0 ? [] : [{ ...pair, by: Object.fromEntries(by) }];
  });
  const config = { ...loaded.config, calibration };
  return { loaded: { ...loaded, config, scenarios: available }, leftOut };
}

/**
 * The calibration, whoever rehearses. Variants that are named are asked alone: the careful service and
 * the controls are those of a whole calibration. HarnessError("interrupted" or "environment") when
 * there is nothing to judge the instrument by.
 */
export async function calibrateBy(
  means: {
    readonly rehearse: Rehearse;
    readonly stacks: StackAdapter;
    readonly model: typeof calibrateModel;
  },
  options: Omit<CalibrateOptions, "stack"> & { readonly seed: number },
): Promise<CalibrationResult> {
  const { rehearse, stacks } = means;
  const startedAtMs = performance.now();
  const startedAt = new Date().toISOString();
  const { loaded, seed } = options;
  const isWhole = options.variants.length === 0;
  const pairs = pairsOf(options);
  options.progress("model of the protocol: every interleaving of small worlds");
  const model = means.model();
  if (isWhole) options.progress("careful service: the whole catalogue");
  const careful = isWhole ? judgeable(await rehearse(loaded.scenarios)) : null;
  const carefulSeconds = secondsSince(startedAtMs);
  const variants = await inTurns(pairs, (pair) => {
    options.progress(`variant ${pair.variant}`);
    return calibrateVariant(pair, options, rehearse);
  });
  if (isWhole) options.progress("controls");
  const controls =
    careful === null
      ? []
      : [...(await rehearsalControls(loaded, rehearse, stacks)), ...changedHistories(careful)];
  const carefulResult =
    careful === null ? null : { ...carefulOf(careful.result), seconds: carefulSeconds };
  return {
    schemaVersion: 1,
    gamedayVersion: version(),
    startedAt,
    seed,
    seconds: secondsSince(startedAtMs),
    model,
    variants,
    careful: carefulResult,
    controls,
    isAsStated:
      model.isAsStated &&
      (carefulResult === null || carefulResult.verdict === "pass") &&
      variants.every(({ exact }) => exact) &&
      controls.every(({ isAsStated }) => isAsStated),
  };
}

/** Nothing can be said of an instrument whose careful run was cut off, or could not begin. */
function judgeable(run: FinishedRun): FinishedRun {
  const { error } = run.result;
  if (error !== undefined) throw new HarnessError(error.code as ErrorCode, error.message);
  return run;
}

function pairsOf({
  loaded,
  variants,
}: Pick<CalibrateOptions, "loaded" | "variants">): readonly CalibrationPair[] {
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
  { loaded, isFull }: Pick<CalibrateOptions, "loaded" | "isFull">,
  rehearse: Rehearse,
): Promise<VariantCalibration> {
  const startedAtMs = performance.now();
  const wanted = isFull ? loaded.scenarios.map(({ id }) => id) : Object.keys(pair.by);
  const { result } = await rehearse(scenariosOf(loaded, wanted), {
    variant: pair.variant,
    workers: 1,
  });
  if (result.error?.code === "interrupted") {
    throw new HarnessError("interrupted", result.error.message);
  }
  const found = Object.fromEntries(
    result.scenarios
      .map((scenario) => [scenario.id, brokenIn(scenario)] as const)
      .filter(([id, broken]) => broken.length > 0 || id in pair.by),
  );
  const exact = Object.keys(pair.by).every((id) => isExact(pair, id, found[id] ?? []));
  const unexpected = unexpectedIn(pair, found);
  return {
    id: pair.variant,
    expected: pair.by,
    ...(pair.also === undefined ? {} : { also: pair.also }),
    caughtBy: Object.keys(found).filter((id) => (found[id] ?? []).length > 0),
    found,
    unexpected,
    exact: exact && result.error === undefined && Object.keys(unexpected).length === 0,
    ...(result.error === undefined ? {} : { error: result.error.message }),
    seconds: secondsSince(startedAtMs),
  };
}

/** What scenarios without an expectation found that is declared nowhere for this variant. */
function unexpectedIn(
  { by, also = {} }: CalibrationPair,
  found: VariantCalibration["found"],
): VariantCalibration["unexpected"] {
  const declared = new Set([...Object.values(by), ...Object.values(also)].flat());
  const strays = Object.entries(found).flatMap(([id, broken]) => {
    const others = id in by ? [] : broken.filter((guarantee) => !declared.has(guarantee));
    return others.length === 0 ? [] : [[id, others] as const];
  });
  return Object.fromEntries(strays);
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
