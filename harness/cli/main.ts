import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { HarnessError, messageOf } from "../model/errors.ts";
import { EVICTIONS, type Eviction } from "../model/run-header.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { suggest } from "./suggest.ts";

const COMMANDS = ["run", "list", "plan", "demo", "doctor", "calibrate", "verify", "show"];
const FLAGS = [
  "stack",
  "variant",
  "seed",
  "json",
  "output",
  "verbose",
  "quiet",
  "eviction",
  "disarm",
  "full",
  "config",
  "finding",
  "workers",
  "help",
  "version",
];

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Flags {
  readonly filter?: readonly string[] | undefined;
  readonly stack: string;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly workers?: number | undefined;
  readonly json: boolean;
  readonly output?: string | undefined;
  readonly quiet: boolean;
  readonly eviction?: Eviction | undefined;
  readonly disarm: boolean;
  readonly full: boolean;
  readonly variants?: readonly string[] | undefined;
  readonly config?: string | undefined;
}

async function run(flags: Flags): Promise<number> {
  const { checkVariant, load, selectScenarios } = await import("./load.ts");
  const { checkAvailable } = await import("./sense.ts");
  const { localStack, runAndStore } = await import("./session.ts");
  const loaded = await load(flags.config);
  const scenarios = selectScenarios(loaded.scenarios, flags.filter ?? []);
  const variant = flags.variant ?? null;
  checkVariant(variant, loaded.config.subject.variants ?? []);
  const seed = seedOf(flags);
  const stack = await localStack();
  for (const scenario of scenarios) checkAvailable(scenario, stack.abilities);
  const { result, folder } = await runAndStore({
    loaded,
    scenarios,
    variant,
    seed,
    eviction: flags.eviction ?? null,
    isArmed: !flags.disarm,
    workers: workersOf(flags),
    output: flags.output,
    isQuiet: flags.quiet,
  });
  if (flags.json) print(JSON.stringify(result, null, 2));
  else {
    const { renderRun } = await import("../report/terminal.ts");
    print(renderRun(result, folder));
  }
  return result.exitCode;
}

async function list(flags: Flags): Promise<number> {
  const { load } = await import("./load.ts");
  const { scenarios, config } = await load(flags.config);
  if (flags.json) print(JSON.stringify(scenarios, null, 2));
  else {
    for (const { id, title } of scenarios) print(`${id.padEnd(42)} ${title}`);
    print(`\nvariants: ${(config.subject.variants ?? []).join(", ")}`);
  }
  return EXIT_CODES.pass;
}

/** Prints what a run would do. Starts nothing. */
async function plan(flags: Flags): Promise<number> {
  const { load, selectScenarios } = await import("./load.ts");
  const { planOf, renderPlan } = await import("./plan.ts");
  const loaded = await load(flags.config);
  const plans = selectScenarios(loaded.scenarios, flags.filter ?? []).map((scenario) =>
    planOf(scenario, { config: loaded.config, seed: seedOf(flags) ?? 1 }),
  );
  if (flags.json) print(JSON.stringify(plans, null, 2));
  else print(plans.flatMap(renderPlan).join("\n"));
  return EXIT_CODES.pass;
}

/** Variants must be caught by exactly their guarantees; exit 0 only when all is as stated. */
async function runCalibration(flags: Flags): Promise<number> {
  const { load } = await import("./load.ts");
  const { calibrate, renderCalibration } = await import("./calibrate.ts");
  const { storeCalibration } = await import("./calibration-store.ts");
  const { reportsFolder } = await import("./session.ts");
  const loaded = await load(flags.config);
  const result = await calibrate({
    loaded,
    variants: flags.variants ?? [],
    isFull: flags.full,
    seed: seedOf(flags),
    output: flags.output,
    progress: (line) => {
      if (!flags.quiet) process.stderr.write(`${line}\n`);
    },
  });
  // A part of the variants says nothing of the instrument as a whole.
  if ((flags.variants ?? []).length === 0) {
    storeCalibration(reportsFolder(loaded, flags.output), result);
  }
  if (flags.json) print(JSON.stringify(result, null, 2));
  else print(renderCalibration(result).join("\n"));
  return result.isAsStated ? EXIT_CODES.pass : EXIT_CODES.violated;
}

function seedOf({ seed }: Flags): number | undefined {
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new HarnessError("usage", "--seed must be a whole number.");
  }
  return seed;
}

function workersOf({ workers }: Flags): number | undefined {
  if (workers !== undefined && !(Number.isSafeInteger(workers) && workers > 0)) {
    throw new HarnessError("usage", "--workers must be a whole number of 1 or more.");
  }
  return workers;
}

async function doctor(): Promise<number> {
  const { createLocalStack } = await import("../infra/local/local-stack.ts");
  const diagnoses = await createLocalStack().diagnose();
  for (const { name, status, found, needed, fix } of diagnoses) {
    print(`${status.padEnd(16)} ${name.padEnd(18)} ${found} (${needed})`);
    if (fix !== null) print(`${" ".repeat(17)}fix: ${fix}`);
  }
  const isReady = diagnoses.every(({ status }) => status !== "missing");
  return isReady ? EXIT_CODES.pass : EXIT_CODES.environment;
}

/** Runs a command; its exit code is left in process.exitCode. */
function exitWith(command: () => Promise<number>): () => Promise<void> {
  return async () => {
    process.exitCode = await command();
  };
}

function usageError(message: string): HarnessError {
  const unknown = /Unknown (?:argument|command)s?: ([^\s,]+)/.exec(message)?.[1];
  if (unknown === undefined) return new HarnessError("usage", message);
  return new HarnessError("usage", `${message}. ${suggest(unknown, [...COMMANDS, ...FLAGS])}`);
}

function optionsOf(args: readonly string[]) {
  return yargs(args)
    .scriptName("gameday")
    .env("GAMEDAY")
    .option("stack", {
      choices: ["auto", "local"],
      default: "auto",
      describe: "where the servers run (auto: local in this version)",
    })
    .option("variant", {
      type: "string",
      requiresArg: true,
      describe: "a known-broken twin of the subject",
    })
    .option("seed", { type: "number", requiresArg: true, describe: "seed of the workload" })
    .option("workers", {
      type: "number",
      requiresArg: true,
      describe: "scenarios at a time, each on servers of its own (default: one a core, 3 at most)",
    })
    .option("json", { type: "boolean", default: false, describe: "print result.json on stdout" })
    .option("output", { type: "string", requiresArg: true, describe: "folder for reports" })
    .option("verbose", { type: "boolean", default: false, describe: "show stack traces" })
    .option("quiet", { type: "boolean", default: false, describe: "no progress on stderr" })
    .option("eviction", {
      choices: EVICTIONS,
      describe: "how a dead consumer leaves its group (default: the scenario's own way)",
    })
    .option("disarm", {
      type: "boolean",
      default: false,
      describe: "plan every fault and fire none: the run must then be inconclusive",
    })
    .option("full", {
      type: "boolean",
      default: false,
      describe: "calibrate: every variant against every scenario",
    })
    .option("config", {
      type: "string",
      alias: "c",
      requiresArg: true,
      describe: "path of gameday.config.ts",
    })
    .option("cache", { type: "string", hidden: true });
}

function parser(args: readonly string[]) {
  return optionsOf(args)
    .command(
      "run [filter..]",
      "rehearse scenarios and judge them",
      (y) => y.positional("filter", { type: "string", array: true }),
      (flags) => exitWith(() => run(flags))(),
    )
    .command(
      "plan [filter..]",
      "print what a run would do, and start nothing",
      (y) => y.positional("filter", { type: "string", array: true }),
      (flags) => exitWith(() => plan(flags))(),
    )
    .command("list", "print the scenarios", {}, (flags) =>
      exitWith(() => list(flags as unknown as Flags))(),
    )
    .command("demo", "a naive and a careful consumer under the same kill", {}, (flags) =>
      exitWith(async () =>
        (await import("./demo.ts")).demo({ print, output: (flags as unknown as Flags).output }),
      )(),
    )
    .command("doctor", "what the stack needs and what is there", {}, exitWith(doctor))
    .command(
      "calibrate [variants..]",
      "known-broken variants must be caught by exactly their guarantees",
      (y) => y.positional("variants", { type: "string", array: true }),
      (flags) => exitWith(() => runCalibration(flags))(),
    )
    .command(
      "verify <run..>",
      "judge stored runs again: folders, folders of runs, patterns, .ndjson or .ndjson.gz",
      (y) => y.positional("run", { type: "string", array: true, demandOption: true }),
      (flags) => exitWith(async () => (await import("./verify.ts")).verify(flags.run, print))(),
    )
    .command(
      "show <run>",
      "list the findings of a stored run, or tell one's story with --finding N",
      (y) =>
        y
          .positional("run", { type: "string", demandOption: true })
          .option("finding", { type: "number", requiresArg: true, describe: "its number" }),
      (flags) =>
        exitWith(async () =>
          (await import("./show.ts")).show(flags.run, { finding: flags.finding, print }),
        )(),
    )
    .demandCommand(1, "Name a command, e.g. gameday run.")
    .strict()
    .fail((message: string | null, error: unknown) => {
      const isOurs = error instanceof Error && error.name !== "YError";
      throw isOurs ? error : usageError(message ?? messageOf(error));
    })
    .exitProcess(false);
}

/** kafkajs 2.2.4 sets negative timers on idle connections (its issue 1751): noise for our users. */
function hideTimerWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "TimeoutNegativeWarning") process.stderr.write(`${warning.stack}\n`);
  });
}

async function main(args: readonly string[]): Promise<void> {
  hideTimerWarnings();
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on("error", () => process.exit());
  try {
    await parser(args).parseAsync();
  } catch (error) {
    const code = error instanceof HarnessError ? error.code : "internal";
    process.stderr.write(`gameday: ${messageOf(error)}\n`);
    if (error instanceof HarnessError) {
      for (const detail of error.details) process.stderr.write(`  ${detail}\n`);
    }
    const wantsStack = args.includes("--verbose") || code === "internal";
    if (wantsStack && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = EXIT_CODES[code];
  }
  // Everything was stopped and waited for; an IPC channel to the wrapper must not keep us alive.
  process.disconnect?.();
}

await main(hideBin(process.argv));
