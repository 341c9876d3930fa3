import { HarnessError } from "../model/errors.ts";

/** Flags of the gate, and the commands they mean something to. */
export const RUN_FLAGS = {
  reporter: {
    type: "string",
    requiresArg: true,
    describe: "reporters, separated by commas; a path is a module (docs/reporters.md)",
  },
  grep: {
    type: "string",
    alias: "g",
    requiresArg: true,
    describe: "only scenarios whose id, title or tags match",
  },
  tag: { type: "string", requiresArg: true, describe: "only scenarios with one of these tags" },
  "last-failed": { type: "boolean", default: false, describe: "only what did not pass last time" },
  "repeat-each": {
    type: "number",
    requiresArg: true,
    describe: "run each scenario so often; one violation is a violation",
  },
  "max-failures": {
    type: "number",
    requiresArg: true,
    describe: "stop after so many scenarios that did not pass",
  },
  x: { type: "boolean", default: false, describe: "stop after the first that did not pass" },
  shard: { type: "string", requiresArg: true, describe: "one part of n, e.g. 2/5; see merge" },
  timeout: {
    type: "string",
    requiresArg: true,
    describe: "time for each scenario, e.g. 90s; one that takes longer is ended, and inconclusive",
  },
  "global-timeout": {
    type: "string",
    requiresArg: true,
    describe: "time for the whole run, e.g. 10m; what is left is inconclusive",
  },
  list: { type: "boolean", default: false, describe: "print what would be run, and start nothing" },
  "keep-up": {
    type: "boolean",
    default: false,
    describe: "hold servers and subject up after the last scenario, until Ctrl-C or gameday clean",
  },
  open: { type: "boolean", default: false, describe: "open report.html when the run is over" },
} as const;

/** HarnessError("usage") when the command line gives a flag of `run` to a command without it. */
export function refuseMisplaced(command: string, args: readonly string[]): void {
  if (command === "run" || command === "config") return;
  const given = args
    .filter((arg) => arg.startsWith("-"))
    .map((arg) => arg.replace(/^--?(?:no-)?/, "").split("=")[0] ?? "");
  const wrong = given.find((name) => name in RUN_FLAGS || name === "g");
  if (wrong === undefined) return;
  const dashes = wrong.length === 1 ? "-" : "--";
  throw new HarnessError("usage", `${dashes}${wrong} is a flag of gameday run, not of ${command}.`);
}
