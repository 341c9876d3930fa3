import { EXIT_CODES } from "../model/verdict.ts";
import { inert } from "../report/sanitize.ts";
import { load } from "./load.ts";
import { guardSecrets } from "./secrets.ts";
import { resolveSettings, type Setting } from "./settings.ts";

/** Prints every setting and every value of the configuration with its origin. Starts nothing. */
export async function printConfig(command: {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly print: (line: string) => void;
}): Promise<number> {
  const { flags, print } = command;
  const { config, folder } = await load(flags["config"] as string | undefined);
  const { run: _, ...subject } = config;
  const { redactor } = guardSecrets(config, process.env);
  const found: readonly Setting[] = [
    ...resolveSettings({ ...command, env: process.env, config }),
    ...flattened("", subject).map(([name, value]) => ({
      name,
      value,
      origin: "config" as const,
      from: name,
    })),
  ];
  const all = found.map((each) => ({ ...each, value: redactor.value(printable(each.value)) }));
  if (flags["json"] === true) {
    print(JSON.stringify(all, null, 2));
    return EXIT_CODES.pass;
  }
  print(`config in ${folder}`);
  for (const { name, value, origin, from } of all) {
    const where = origin === "flag" || origin === "environment" ? `${origin} ${from}` : origin;
    print(`${name.padEnd(34)} ${shown(value).padEnd(40)} ${where}`);
  }
  return EXIT_CODES.pass;
}

/** Leaves of an object with their paths; arrays of plain values stay whole. */
function flattened(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const isPlain = Array.isArray(value) && value.every((each) => typeof each !== "object");
  if (isPlain) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flattened(path === "" ? key : `${path}.${key}`, inner),
  );
}

function printable(value: unknown): unknown {
  if (typeof value === "function") return "(function)";
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value === "object" && value !== null && "id" in value) return String(value.id);
  return value;
}

function shown(value: unknown): string {
  return inert(typeof value === "string" ? value : (JSON.stringify(value) ?? "-"), 300);
}
