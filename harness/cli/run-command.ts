import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../model/errors.ts";
import type { Eviction } from "../model/run-header.ts";
import type { Scenario } from "../model/scenario.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { checkVariant, load, type Loaded } from "./load.ts";
import {
  loadReporters,
  ReporterDesk,
  toStderr,
  usualReporters,
  type ReporterEntry,
} from "./reporters.ts";
import { selected, shardOf } from "./select.ts";
import { splitAvailable, withEviction } from "./sense.ts";
import {
  reportsFolder,
  runAndStore,
  stackFor,
  type RunSettings,
  type StackName,
} from "./session.ts";
import {
  isOn,
  resolveSettings,
  textOf,
  valueOf,
  type Setting,
  type SettingName,
} from "./settings.ts";
import { failedIn, storedResults } from "./stored-results.ts";
import { durationMs } from "./time-limit.ts";

export interface RunCommand {
  /** As yargs parsed them. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly print: (line: string) => void;
}

/** `gameday run`: selects, rehearses, judges, reports. Returns the exit code. */
export async function run(command: RunCommand): Promise<number> {
  const { flags, print } = command;
  const loaded = await load(flags["config"] as string | undefined);
  const settings = resolveSettings({ ...command, env: process.env, config: loaded.config });
  const reports = reportsFolder(loaded, textOf(settings, "output"));
  const lastFailed = isOn(settings, "last-failed") ? failedLast(reports) : undefined;
  if (lastFailed?.size === 0) {
    print(
      `Nothing failed in the last run of ${reports}: nothing was rehearsed, nothing is proven.`,
    );
    return EXIT_CODES.inconclusive;
  }
  const scenarios = scenariosOf(loaded, { flags, settings, lastFailed });
  if (flags["list"] === true) {
    for (const { id, title } of scenarios) print(`${id.padEnd(42)} ${title}`);
    return EXIT_CODES.pass;
  }
  const runSettings = await settingsOf(loaded, {
    settings,
    scenarios,
    isNamed: namesScenarios(flags),
  });
  return rehearse(runSettings, { settings, reports, folder: loaded.folder, print });
}

/** True when scenarios were asked for by id. */
function namesScenarios(flags: Readonly<Record<string, unknown>>): boolean {
  return ((flags["filter"] as readonly string[] | undefined) ?? []).length > 0;
}

function failedLast(reports: string): ReadonlySet<string> {
  const last = storedResults(reports).runs.at(-1);
  if (last === undefined) {
    throw new HarnessError("usage", `--last-failed: there is no earlier run in ${reports}.`);
  }
  return failedIn(last.result);
}

function scenariosOf(
  { scenarios }: Loaded,
  means: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly settings: readonly Setting[];
    readonly lastFailed: ReadonlySet<string> | undefined;
  },
): readonly Scenario[] {
  const { flags, settings, lastFailed } = means;
  const shard = textOf(settings, "shard");
  return selected(scenarios, {
    filter: flags["filter"] as readonly string[] | undefined,
    grep: textOf(settings, "grep"),
    tag: listOf(valueOf(settings, "tag")) as readonly string[] | undefined,
    lastFailed,
    shard: shard === undefined ? undefined : shardOf(shard),
    repeatEach: count(settings, "repeat-each") ?? 1,
  });
}

async function settingsOf(
  loaded: Loaded,
  means: {
    readonly settings: readonly Setting[];
    readonly scenarios: readonly Scenario[];
    /** True when they were asked for by name. */
    readonly isNamed: boolean;
  },
): Promise<RunSettings> {
  const { settings } = means;
  const eviction = (textOf(settings, "eviction") as Eviction | undefined) ?? null;
  const scenarios = means.scenarios.map((scenario) =>
    withEviction(scenario, eviction, loaded.config),
  );
  const variant = textOf(settings, "variant") ?? null;
  checkVariant(variant, loaded.config.subject.variants ?? []);
  const isQuiet = isOn(settings, "quiet");
  const stack = await stackFor(textOf(settings, "stack") as StackName, loaded, (line) => {
    if (!isQuiet) toStderr(line);
  });
  const { available, leftOut } = splitAvailable(scenarios, stack.abilities, means);
  for (const { id, reason } of leftOut) toStderr(`left out: ${id}: ${reason}`);
  const shard = textOf(settings, "shard");
  return {
    stack,
    loaded,
    scenarios: available,
    leftOut,
    variant,
    seed: seedOf(valueOf(settings, "seed") as number | undefined),
    eviction,
    isArmed: !isOn(settings, "disarm"),
    output: textOf(settings, "output"),
    isQuiet,
    workers: count(settings, "workers"),
    maxFailures: count(settings, "max-failures"),
    isKeptUp: isOn(settings, "keep-up"),
    timeoutMs: limitOf(settings, "timeout"),
    globalTimeoutMs: limitOf(settings, "global-timeout"),
    shard: shard === undefined ? undefined : shardOf(shard),
  };
}

async function rehearse(
  runSettings: RunSettings,
  means: {
    readonly settings: readonly Setting[];
    readonly reports: string;
    readonly folder: string;
    readonly print: (line: string) => void;
  },
): Promise<number> {
  const { settings, print } = means;
  const isJson = isOn(settings, "json");
  // With --json, stdout is result.json and nothing else.
  const entries = reporterEntries(settings).filter((entry) => !isJson || entry !== "terminal");
  const reporters = await loadReporters(entries, {
    folder: isFromConfig(settings) ? means.folder : process.cwd(),
    env: process.env,
    isVerbose: isOn(settings, "verbose"),
    log: toStderr,
  });
  const desk = new ReporterDesk(reporters);
  const finished = await runAndStore({ ...runSettings, onEvent: (event) => desk.note(event) });
  const { result, folder } = finished;
  if (isJson) print(JSON.stringify(result, null, 2));
  const failures = await desk.end(folder, isJson ? toStderr : print);
  for (const failure of failures) toStderr(`gameday: ${failure}`);
  if (isOn(settings, "open")) openReport(folder);
  // A gate that nobody can read is no pass; what was violated stays violated.
  return failures.length > 0 && result.exitCode === EXIT_CODES.pass
    ? EXIT_CODES.internal
    : result.exitCode;
}

function reporterEntries(settings: readonly Setting[]): readonly ReporterEntry[] {
  const value = valueOf(settings, "reporter");
  return value === undefined
    ? usualReporters(process.env)
    : (listOf(value) as readonly ReporterEntry[]);
}

function isFromConfig(settings: readonly Setting[]): boolean {
  return settings.some(({ name, origin }) => name === "reporter" && origin === "config");
}

/** "a,b" and ["a", "b,c"] are lists; undefined stays undefined. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((each) =>
    typeof each === "string"
      ? each
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== "")
      : [each],
  );
}

/** In milliseconds; undefined when nobody gave one. */
function limitOf(settings: readonly Setting[], name: SettingName): number | undefined {
  const text = textOf(settings, name);
  return text === undefined ? undefined : durationMs(text, `--${name}`);
}

/** A whole number from 1; undefined when nobody gave one. */
function count(settings: readonly Setting[], name: SettingName): number | undefined {
  const value = valueOf(settings, name);
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= 1) return Number(value);
  throw new HarnessError(
    "usage",
    `--${name} must be a whole number from 1, not ${JSON.stringify(value)}.`,
  );
}

/** HarnessError("usage") for a seed that is no whole number. */
export function seedOf(seed: number | undefined): number | undefined {
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new HarnessError("usage", "--seed must be a whole number.");
  }
  return seed;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Shows the report in the browser of whoever asked; where there is none its path was printed. */
function openReport(folder: string): void {
  const file = join(folder, "report.html");
  if (!existsSync(file)) {
    process.stderr.write(`gameday: there is no ${file} to open; add html to --reporter.\n`);
    return;
  }
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, file], { stdio: "ignore", detached: true });
  child.on("error", () => process.stderr.write(`gameday: cannot open a browser; see ${file}\n`));
  child.unref();
}
