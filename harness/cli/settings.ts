import type { GamedayConfig } from "../model/config.ts";

export type Origin = "flag" | "environment" | "config" | "default";

/** A value of the command line, and where it is from. */
export interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly origin: Origin;
  /** E.g. "--seed", "GAMEDAY_SEED", "run.seed". */
  readonly from: string;
}

interface Spec {
  readonly name: string;
  readonly alias?: string;
  /** Where the configuration may say it. */
  readonly key?: string;
  readonly ofConfig?: (config: GamedayConfig) => unknown;
  readonly usual: unknown;
}

/** Every setting of `gameday run` that has more than one source. */
export const SETTINGS = [
  { name: "stack", key: "run.stack", ofConfig: ({ run }) => run?.stack, usual: "auto" },
  { name: "variant", key: "run.variant", ofConfig: ({ run }) => run?.variant, usual: null },
  { name: "seed", key: "run.seed", ofConfig: ({ run }) => run?.seed, usual: null },
  { name: "eviction", key: "run.eviction", ofConfig: ({ run }) => run?.eviction, usual: null },
  { name: "workers", key: "workers", ofConfig: ({ workers }) => workers, usual: null },
  { name: "output", key: "output", ofConfig: ({ output }) => output, usual: "reports" },
  { name: "reporter", key: "run.reporters", ofConfig: ({ run }) => run?.reporters, usual: null },
  {
    name: "repeat-each",
    key: "run.repeatEach",
    ofConfig: ({ run }) => run?.repeatEach,
    usual: 1,
  },
  {
    name: "max-failures",
    alias: "x",
    key: "run.maxFailures",
    ofConfig: ({ run }) => run?.maxFailures,
    usual: null,
  },
  { name: "timeout", key: "run.timeoutMs", ofConfig: ({ run }) => run?.timeoutMs, usual: null },
  {
    name: "global-timeout",
    key: "run.globalTimeoutMs",
    ofConfig: ({ run }) => run?.globalTimeoutMs,
    usual: null,
  },
  { name: "shard", usual: null },
  { name: "grep", alias: "g", usual: null },
  { name: "tag", usual: null },
  { name: "last-failed", usual: false },
  { name: "disarm", usual: false },
  { name: "json", usual: false },
  { name: "quiet", usual: false },
  { name: "verbose", usual: false },
  { name: "open", usual: false },
  { name: "keep-up", usual: false },
] as const satisfies readonly Spec[];

export type SettingName = (typeof SETTINGS)[number]["name"];

export interface Sources {
  /** As yargs parsed them: flags over GAMEDAY_* variables. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly config: GamedayConfig;
}

/** Resolves all settings: flag over GAMEDAY_* over config over default. */
export function resolveSettings(given: Sources): readonly Setting[] {
  const flags =
    given.flags["x"] === true ? { "max-failures": 1, ...definedOf(given.flags) } : given.flags;
  const sources = { ...given, flags };
  return SETTINGS.map((spec) => resolved(spec, sources));
}

function definedOf(flags: Sources["flags"]): Sources["flags"] {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function resolved(spec: Spec, { flags, args, env, config }: Sources): Setting {
  const { name, alias } = spec;
  const variable = `GAMEDAY_${name.replaceAll("-", "_").toUpperCase()}`;
  const base = { name, value: flags[name] };
  if (isGiven(args, name, alias)) return { ...base, origin: "flag", from: `--${name}` };
  if (env[variable] !== undefined) return { ...base, origin: "environment", from: variable };
  const configured = spec.ofConfig?.(config);
  if (configured !== undefined) {
    return { name, value: configured, origin: "config", from: spec.key ?? name };
  }
  return { name, value: spec.usual, origin: "default", from: "default" };
}

/** True when the command line itself names the flag. */
function isGiven(args: readonly string[], name: string, alias: string | undefined): boolean {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  return own.some(
    (arg) =>
      arg === `--${name}` ||
      arg === `--no-${name}` ||
      arg.startsWith(`--${name}=`) ||
      (alias !== undefined && /^-[a-z]/i.test(arg) && arg.slice(1, 2) === alias),
  );
}

/** The value of one setting; undefined when nobody said anything. */
export function valueOf(settings: readonly Setting[], name: SettingName): unknown {
  return settings.find((setting) => setting.name === name)?.value ?? undefined;
}

/** Text, or a number as text; undefined when nobody said anything. */
export function textOf(settings: readonly Setting[], name: SettingName): string | undefined {
  const value = valueOf(settings, name);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

export function isOn(settings: readonly Setting[], name: SettingName): boolean {
  return valueOf(settings, name) === true;
}
