import type { Argv } from "yargs";
import { HarnessError } from "../model/errors.ts";
import { EXIT_CODES } from "../model/verdict.ts";

export const GATE_COMMANDS = ["compare", "history", "merge", "config", "explain"];

interface Means {
  readonly args: readonly string[];
  readonly print: (line: string) => void;
}

type Flags = Readonly<Record<string, unknown>>;

/** Commands about runs that are over, and about settings: none of them starts anything. */
export function withGate<T>(parser: Argv<T>, means: Means): Argv<T> {
  const { print } = means;
  parser.command(
    "compare <before> <after>",
    "what became better or worse from one stored run to another",
    (y) => y.positional("before", { type: "string" }).positional("after", { type: "string" }),
    exitWith(async ({ before, after, json }) => {
      const { compare } = await import("./compare.ts");
      const folders = { before: String(before), after: String(after) };
      return compare(folders, { isJson: json === true, print });
    }),
  );
  parser.command(
    "history [scenario]",
    "trend of each scenario over the stored runs; --prune --keep N removes old ones",
    (y) =>
      y
        .positional("scenario", { type: "string" })
        .option("prune", { type: "boolean", default: false, describe: "remove the oldest runs" })
        .option("keep", { type: "number", requiresArg: true, describe: "how many stay" }),
    exitWith((flags) => runHistory(flags, print)),
  );
  parser.command(
    "merge <runs..>",
    "put the runs of all shards together",
    (y) => y.positional("runs", { type: "string", array: true }),
    exitWith((flags) => runMerge(flags, print)),
  );
  parser.command(
    "config <what>",
    "print: every setting and value with its origin",
    (y) => y.positional("what", { choices: ["print"] as const }),
    exitWith(async (flags) => (await import("./config-print.ts")).printConfig({ ...means, flags })),
  );
  parser.command(
    "explain <guarantee>",
    "what a guarantee means",
    (y) => y.positional("guarantee", { type: "string" }),
    exitWith(async ({ guarantee }) =>
      (await import("./explain.ts")).explain(String(guarantee), print),
    ),
  );
  return parser;
}

function exitWith(command: (flags: Flags) => Promise<number>): (flags: object) => Promise<void> {
  return async (flags) => {
    process.exitCode = await command(flags as Flags);
  };
}

async function reportsOf(flags: Flags): Promise<string> {
  const { load } = await import("./load.ts");
  const { reportsFolder } = await import("./session.ts");
  const loaded = await load(flags["config"] as string | undefined);
  return reportsFolder(loaded, flags["output"] as string | undefined);
}

async function runHistory(flags: Flags, print: (line: string) => void): Promise<number> {
  const reports = await reportsOf(flags);
  if (flags["prune"] !== true) {
    const { history } = await import("./history.ts");
    const filter = flags["scenario"] as string | undefined;
    return history(reports, { filter, isJson: flags["json"] === true, print });
  }
  if (flags["keep"] === undefined) {
    throw new HarnessError("usage", "--prune needs --keep N: how many runs stay.");
  }
  const { prune } = await import("./prune.ts");
  const removed = prune(reports, { keep: Number(flags["keep"]), nowMs: Date.now() });
  for (const name of removed) print(`removed ${name}`);
  print(`${removed.length} removed from ${reports}`);
  return EXIT_CODES.pass;
}

async function runMerge(flags: Flags, print: (line: string) => void): Promise<number> {
  const { merge } = await import("./merge.ts");
  const { loadReporters, ReporterDesk, toStderr, usualReporters } = await import("./reporters.ts");
  const reports = await reportsOf(flags);
  const { folder, result } = merge(flags["runs"] as readonly string[], {
    reports,
    now: new Date(),
  });
  const entries = usualReporters(process.env);
  const setting = { folder: process.cwd(), env: process.env, isVerbose: false, log: toStderr };
  const desk = new ReporterDesk(await loadReporters(entries, setting));
  if (flags["json"] === true) print(JSON.stringify(result, null, 2));
  const failures = await desk.end(folder, flags["json"] === true ? toStderr : print);
  for (const failure of failures) toStderr(`gameday: ${failure}`);
  return result.exitCode;
}
