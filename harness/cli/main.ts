import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { HarnessError, messageOf } from "../model/errors.ts";
import { EVICTIONS, type Eviction } from "../model/run-header.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { GATE_COMMANDS, withGate } from "./gate-commands.ts";
import { refuseMisplaced, RUN_FLAGS } from "./run-flags.ts";
import type { StackName } from "./session.ts";
import { suggest } from "./suggest.ts";

const COMMANDS = [
  "run",
  "list",
  "plan",
  "demo",
  "doctor",
  "calibrate",
  "verify",
  "show",
  "report",
  "clean",
  ...GATE_COMMANDS,
];
const FLAGS = [
  ...Object.keys(RUN_FLAGS),
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
  "model",
  "config",
  "finding",
  "workers",
  "format",
  "against",
  "help",
  "version",
];

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Flags {
  readonly filter?: readonly string[] | undefined;
  readonly stack: StackName;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly json: boolean;
  readonly output?: string | undefined;
  readonly quiet: boolean;
  readonly eviction?: Eviction | undefined;
  readonly disarm: boolean;
  readonly full: boolean;
  readonly model: boolean;
  readonly variants?: readonly string[] | undefined;
  readonly config?: string | undefined;
}

async function list(flags: Flags): Promise<number> {
  const { load } = await import("./load.ts");
  const { scenarios, config } = await load(flags.config);
  if (flags.json) print(JSON.stringify(scenarios, null, 2));
  else {
    const { renderList } = await import("./plan.ts");
    print(scenarios.flatMap(renderList).join("\n"));
    print(`\nvariants: ${(config.subject.variants ?? []).join(", ")}`);
  }
  return EXIT_CODES.pass;
}

/** Prints what a run would do. Starts nothing. */
async function plan(flags: Flags): Promise<number> {
  const { load, selectScenarios } = await import("./load.ts");
  const { planOf, renderPlan } = await import("./plan.ts");
  const { splitAvailable, withEviction } = await import("./sense.ts");
  const { localStack } = await import("./session.ts");
  const loaded = await load(flags.config);
  const { abilities } = await localStack();
  const filter = flags.filter ?? [];
  const asked = selectScenarios(loaded.scenarios, filter);
  const isNamed = filter.length > 0;
  const { available, leftOut } = splitAvailable(asked, abilities, { isNamed });
  for (const { id, reason } of leftOut) process.stderr.write(`left out: ${id}: ${reason}\n`);
  const plans = available.map((scenario) => {
    const planned = withEviction(scenario, flags.eviction ?? null, loaded.config);
    return planOf(planned, { config: loaded.config, seed: seedOf(flags) ?? 1 });
  });
  if (flags.json) print(JSON.stringify(plans, null, 2));
  else print(plans.flatMap(renderPlan).join("\n"));
  return EXIT_CODES.pass;
}

/** Variants must be caught by exactly their guarantees; exit 0 only when all is as stated. */
async function runCalibration(flags: Flags): Promise<number> {
  if (flags.model) return runModel(flags);
  const { load } = await import("./load.ts");
  const { calibrate } = await import("./calibrate.ts");
  const { renderCalibration } = await import("./calibrate-report.ts");
  const { storeCalibration } = await import("./calibration-store.ts");
  const { reportsFolder, stackFor } = await import("./session.ts");
  const loaded = await load(flags.config);
  const result = await calibrate({
    loaded,
    stack: await stackFor(flags.stack, loaded, progressOf(flags)),
    variants: flags.variants ?? [],
    isFull: flags.full,
    seed: seedOf(flags),
    output: flags.output,
    progress: progressOf(flags),
  });
  // A part of the variants says nothing of the instrument as a whole.
  if ((flags.variants ?? []).length === 0) {
    storeCalibration(reportsFolder(loaded, flags.output), result);
  }
  if (flags.json) print(JSON.stringify(result, null, 2));
  else print(renderCalibration(result).join("\n"));
  return result.isAsStated ? EXIT_CODES.pass : EXIT_CODES.violated;
}

function progressOf({ quiet }: Flags): (line: string) => void {
  return (line) => {
    if (!quiet) process.stderr.write(`${line}\n`);
  };
}

/** Only what needs no stack; says nothing of the service, so that no run may cite it. */
async function runModel({ json }: Flags): Promise<number> {
  const { calibrateModel, renderModel } = await import("./calibrate-model.ts");
  const model = calibrateModel();
  if (json) print(JSON.stringify(model, null, 2));
  else print(renderModel(model).join("\n"));
  return model.isAsStated ? EXIT_CODES.pass : EXIT_CODES.violated;
}

function seedOf({ seed }: Flags): number | undefined {
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new HarnessError("usage", "--seed must be a whole number.");
  }
  return seed;
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
      choices: ["auto", "local", "docker"] as const,
      default: "auto" as const,
      describe: "where the servers run (auto: docker where an engine has the images, else local)",
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
    .option("model", {
      type: "boolean",
      default: false,
      describe: "calibrate: only the model of the protocol, which needs no stack",
    })
    .option("config", {
      type: "string",
      alias: "c",
      requiresArg: true,
      describe: "path of gameday.config.ts",
    })
    .option("cache", { type: "string", hidden: true })
    .options(RUN_FLAGS)
    .middleware(({ _: [command] }) => refuseMisplaced(String(command ?? ""), args), true);
}

/** Commands that read a stored run and start nothing. */
function withReaders(args: readonly string[]) {
  return optionsOf(args)
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
    .command(
      "report <run>",
      "render a stored run again",
      (y) =>
        y
          .positional("run", { type: "string", demandOption: true })
          .option("format", {
            type: "string",
            default: "html,md",
            requiresArg: true,
            describe: "formats, separated by commas",
          })
          .option("against", {
            type: "string",
            requiresArg: true,
            describe: "the run to compare with (default: an earlier one of the same scenarios)",
          }),
      (flags) =>
        exitWith(async () =>
          (await import("./report.ts")).report(flags.run, {
            format: flags.format,
            output: flags.output,
            against: flags.against,
            print,
          }),
        )(),
    );
}

function parser(args: readonly string[]) {
  return withGate(withReaders(args), { args, print })
    .command(
      "run [filter..]",
      "rehearse scenarios and judge them",
      (y) => y.positional("filter", { type: "string", array: true }),
      (flags) =>
        exitWith(async () => (await import("./run-command.ts")).run({ flags, args, print }))(),
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
        (await import("./demo.ts")).demo({ ...(flags as unknown as Flags), print }),
      )(),
    )
    .command("doctor", "what each stack needs and what is there", {}, (flags) =>
      exitWith(async () =>
        (await import("./doctor.ts")).doctor({ ...(flags as unknown as Flags), print }),
      )(),
    )
    .command("clean", "remove what runs that did not end in order have left", {}, () =>
      exitWith(async () => (await import("./clean.ts")).clean(print))(),
    )
    .command(
      "calibrate [variants..]",
      "known-broken variants must be caught by exactly their guarantees",
      (y) => y.positional("variants", { type: "string", array: true }),
      (flags) => exitWith(() => runCalibration(flags))(),
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
  endSoon();
}

const LINGER_MS = 2_000;

/**
 * Where servers outlive their engine, a driver's connection to one may stay open for good (kafkajs
 * leaves some). Whatever lingers after the last word was read does not keep the process.
 */
function endSoon(): void {
  const check = (): void => {
    if (process.stdout.writableLength === 0) process.exit();
    endSoon();
  };
  setTimeout(check, LINGER_MS).unref();
}

await main(hideBin(process.argv));
