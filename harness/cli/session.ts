import { randomInt } from "node:crypto";
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { diskFull, tellsOfFullDisk } from "../model/disk-full.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import { repeatsOf } from "../model/repeats.ts";
import type { NotRun, RunResult, Shard } from "../model/result.ts";
import type { Eviction } from "../model/run-header.ts";
import type { Scenario } from "../model/scenario.ts";
import { runScenarios } from "../runner/run.ts";
import type { RunEnvironment } from "../runner/run-request.ts";
import { timeLimit, type TimeLimit } from "../runner/time-limit.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { citedCalibration } from "./calibration-store.ts";
import type { Loaded } from "./load.ts";
import { interruption, type Interruption } from "./interruption.ts";
import { HOLD_MS_MAX, refuseKeepUpInCi, standingLines } from "./keep-up.ts";
import { isLive, LiveView } from "./live-view.ts";
import { guardSecrets, withoutSecrets, type Guarded } from "./secrets.ts";
import { projectState } from "./project-state.ts";
import { newRunId } from "./stored-results.ts";
import { globalLimitReached } from "./time-limit.ts";

export interface RunSettings {
  readonly loaded: Loaded;
  readonly scenarios: readonly Scenario[];
  readonly variant: string | null;
  readonly seed: number | undefined;
  readonly eviction: Eviction | null;
  readonly isArmed: boolean;
  readonly output: string | undefined;
  readonly isQuiet: boolean;
  /** Scenarios at a time; by default as many as the configuration or the cores allow, 3 at most. */
  readonly workers?: number | undefined;
  /** What this run is on; the local stack when left out. */
  readonly stack?: StackAdapter;
  /** A stack that serves several runs. */
  readonly shared?: StackAdapter;
  readonly maxFailures?: number | undefined;
  readonly globalTimeoutMs?: number | undefined;
  /** For each scenario. */
  readonly timeoutMs?: number | undefined;
  /** Hold everything up after the last scenario. */
  readonly isKeptUp?: boolean;
  /** What the catalogue has besides, and this stack cannot rehearse. */
  readonly leftOut?: readonly NotRun[];
  /** Which part of how many these scenarios are. */
  readonly shard?: Shard | undefined;
  /** Sees every event as it is written. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface FinishedRun {
  readonly result: RunResult;
  readonly folder: string;
}

/** Runs, writes result.json beside the journal and moves `latest`. */
export async function runAndStore(settings: RunSettings): Promise<FinishedRun> {
  const { loaded } = settings;
  if (settings.isKeptUp === true) refuseKeepUpInCi(process.env);
  const guarded = guardSecrets(loaded.config, process.env);
  try {
    return await runGuarded(settings, guarded);
  } catch (error) {
    throw withoutSecrets(error, guarded.redactor);
  }
}

async function runGuarded(settings: RunSettings, guarded: Guarded): Promise<FinishedRun> {
  const { loaded } = settings;
  const { redactor } = guarded;
  const now = new Date();
  const runId = newRunId(now);
  const reports = reportsFolder(loaded, settings.output);
  const folder = join(reports, runId);
  createFolder(folder);
  onDisk(folder, () => writeFileSync(join(folder, RESERVE), Buffer.alloc(RESERVE_BYTES, 1)));
  const seed = settings.seed ?? randomInt(2 ** 31);
  const startedAtMs = performance.now();
  const clock = { nowMs: () => performance.now() - startedAtMs };
  using view = openView(settings.isQuiet, clock.nowMs);
  const progress = (line: string): void =>
    view?.print(`${(clock.nowMs() / 1000).toFixed(1).padStart(6)} s  ${redactor.text(line)}`);
  progress(`run ${runId}, seed ${seed}`);
  await tellKeptUp(progress);
  using interrupted = interruption();
  using limit = timeLimit(settings.globalTimeoutMs ?? null, globalLimitReached);
  const stack = settings.shared ?? settings.stack ?? (await localStack());
  const judged = await runScenarios(
    {
      config: guarded.config,
      configFolder: loaded.folder,
      scenarios: settings.scenarios,
      variant: settings.variant,
      seed,
      eviction: settings.eviction,
      isArmed: settings.isArmed,
      // Unique within a second by its random part.
      namespace: settings.shared === undefined ? "" : runId.slice(runId.indexOf("-")),
      // People look at one stack.
      workers: settings.isKeptUp === true ? 1 : (settings.workers ?? defaultWorkers()),
      maxFailures: settings.maxFailures ?? null,
      timeoutMs: settings.timeoutMs ?? null,
      project: await projectState(loaded.folder, reports),
      runId,
      runFolder: folder,
      startedAt: now.toISOString(),
      gamedayVersion: version(),
    },
    {
      stack,
      progress,
      signal: AbortSignal.any([interrupted.signal, limit.signal]),
      clock,
      redactor,
      redactLogs: guarded.redactLogs,
      onManual,
      holdUp: settings.isKeptUp === true ? holder(runId, { interrupted, limit }) : null,
      onEvent: (event) => {
        view?.note(event);
        settings.onEvent?.(event);
      },
    },
  );
  const result = redactor.value(completed(judged, settings, reports));
  onDisk(folder, () => store(result, { reports, folder }));
  progress(`seed ${seed}`);
  return { result, folder };
}

const WORKERS_MAX = 3;

/** One for each core: a worker waits more than it works. */
export function defaultWorkers(): number {
  return Math.min(WORKERS_MAX, availableParallelism());
}

/** The result with what only the command line knows. */
function completed(
  judged: RunResult,
  { shard, leftOut = [] }: RunSettings,
  reports: string,
): RunResult {
  const calibration = citedCalibration(reports);
  const repeats = repeatsOf(judged.scenarios);
  return {
    ...judged,
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(repeats.length === 0 ? {} : { repeats }),
    ...(shard === undefined ? {} : { shard }),
    ...(calibration === null ? {} : { calibration }),
  };
}

/** Where runs are kept: as asked for, as configured, or `reports` beside the configuration. */
export function reportsFolder(loaded: Loaded, output: string | undefined): string {
  return resolve(loaded.folder, output ?? loaded.config.output ?? "reports");
}

type View = Pick<LiveView, "note" | "print"> & Disposable;

/** A live status line on a terminal, plain lines elsewhere, null when quiet. */
function openView(isQuiet: boolean, elapsedMs: () => number): View | null {
  if (isQuiet) return null;
  if (isLive(process.stderr, process.env)) return new LiveView(process.stderr, elapsedMs);
  return {
    note: () => undefined,
    print: (line) => process.stderr.write(`${line}\n`),
    [Symbol.dispose]: () => undefined,
  };
}

/** Its own function: the compiler does not rewrite an import() in a function with `using`. */
export async function localStack(): Promise<StackAdapter> {
  const { createLocalStack } = await import("../infra/local/local-stack.ts");
  return createLocalStack();
}

export const STACKS = ["auto", "local", "docker"] as const;
export type StackName = (typeof STACKS)[number];

/** The stack asked for; `auto` says which it took, and why, in one line. */
export async function stackFor(
  name: StackName,
  { config, folder }: Loaded,
  progress: (line: string) => void,
): Promise<StackAdapter> {
  if (name === "local" || (name === "auto" && !(await prefersDocker(config, progress)))) {
    return localStack();
  }
  const { createDockerStack } = await import("../infra/docker/docker-stack.ts");
  const { noPause } = await import("../infra/docker/engine-info.ts");
  const { container, next } = config.subject;
  const containers = [container, next?.container].flatMap((one) =>
    one === undefined ? [] : [one],
  );
  return createDockerStack({
    docker: config.docker,
    containers,
    configFolder: folder,
    noPause: await noPause(),
  });
}

async function prefersDocker(
  config: Loaded["config"],
  progress: (line: string) => void,
): Promise<boolean> {
  const { chooseStack } = await import("../infra/docker/choose.ts");
  const { imagesOf } = await import("../infra/docker/image-names.ts");
  const { stack, why } = await chooseStack(imagesOf(config.docker));
  progress(why);
  return stack === "docker";
}

/** Version in gameday's own package.json. */
export function version(): string {
  const depth = import.meta.url.endsWith(".js") ? "../../.." : "../..";
  const text = readFileSync(new URL(`${depth}/package.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new HarnessError(
      "usage",
      `Cannot create ${folder}: ${messageOf(cause)}. Choose another folder with --output.`,
      { cause },
    );
  }
}

/** Room for result.json on a disk that fills up: why a run failed must be readable. */
const RESERVE = "reserve.tmp";
const RESERVE_BYTES = 64 * 1_024;

/** A full disk is told with its folder, its room and the fix. */
function onDisk(folder: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    if (!tellsOfFullDisk(cause)) throw cause;
    const fix = "Free some space, or name another folder with --output.";
    throw diskFull(
      { what: "The run cannot be stored", folder, room: statfsSync(folder), fix },
      cause,
    );
  }
}

function store(result: RunResult, at: { readonly reports: string; readonly folder: string }): void {
  rmSync(join(at.folder, RESERVE), { force: true });
  const draft = join(at.folder, "result.json.tmp");
  writeFileSync(draft, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(draft, join(at.folder, "result.json"));
  const link = join(at.reports, `latest.${process.pid}.tmp`);
  rmSync(link, { force: true });
  symlinkSync(result.runId, link);
  renameSync(link, join(at.reports, "latest"));
}

async function tellKeptUp(progress: (line: string) => void): Promise<void> {
  const { cacheFolder } = await import("../infra/process/cache.ts");
  const { keptUp } = await import("../infra/process/kept-up.ts");
  for (const held of keptUp(cacheFolder())) {
    progress(`run ${held} is still kept up beside this one; gameday clean ends it`);
  }
}

/** Lets people look at what is up, until they have seen enough. */
function holder(
  runId: string,
  { interrupted, limit }: { readonly interrupted: Interruption; readonly limit: TimeLimit },
): NonNullable<RunEnvironment["holdUp"]> {
  return async (standing) => {
    limit[Symbol.dispose]();
    const { cacheFolder } = await import("../infra/process/cache.ts");
    const { noteKeptUp } = await import("../infra/process/kept-up.ts");
    const noted = noteKeptUp(cacheFolder(), runId);
    try {
      for (const line of standingLines(standing)) process.stderr.write(`${line}\n`);
      await interrupted.hold(HOLD_MS_MAX);
    } finally {
      noted[Symbol.dispose]();
    }
  };
}

/** SIGUSR2 fires the next manual fault of the scenario in progress. */
function onManual(fire: () => void): () => void {
  process.on("SIGUSR2", fire);
  return () => process.off("SIGUSR2", fire);
}
