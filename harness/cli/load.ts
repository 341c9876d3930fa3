import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { GamedayConfig } from "../model/config.ts";
import type { Scenario } from "../model/scenario.ts";
import { checkShape, configSchema, scenarioSchema } from "./schemas.ts";
import { checkSense } from "./sense.ts";
import { suggest } from "./suggest.ts";

export interface Loaded {
  readonly config: GamedayConfig;
  readonly folder: string;
  readonly scenarios: readonly Scenario[];
}

/** Loads the named config, or the nearest gameday.config.ts above the working folder. */
export async function load(named: string | undefined): Promise<Loaded> {
  const file = named === undefined ? findConfig(process.cwd()) : resolve(named);
  if (file === null) {
    throw new HarnessError(
      "usage",
      "No gameday.config.ts here or in a folder above. Write one (see README, Your own service), or name it with --config; `gameday demo` needs none.",
    );
  }
  return loadFrom(file);
}

/** The packaged configuration: the reference service. */
export function loadPackaged(): Promise<Loaded> {
  const extension = import.meta.url.endsWith(".js") ? "js" : "ts";
  return loadFrom(fileURLToPath(new URL(`../../gameday.config.${extension}`, import.meta.url)));
}

async function loadFrom(file: string): Promise<Loaded> {
  const config = checkShape(configSchema, await defaultExport(file), file) as GamedayConfig;
  const folder = dirname(file);
  const scenarios = await loadScenarios(resolve(folder, config.scenarios), config);
  return { config, folder, scenarios };
}

function findConfig(from: string): string | null {
  for (const name of ["gameday.config.ts", "gameday.config.js", "gameday.config.mjs"]) {
    if (existsSync(join(from, name))) return join(from, name);
  }
  const parent = dirname(from);
  return parent === from ? null : findConfig(parent);
}

async function loadScenarios(folder: string, config: GamedayConfig): Promise<readonly Scenario[]> {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => /\.scenario\.(ts|js|mjs)$/.test(name));
  } catch (cause) {
    throw new HarnessError(
      "usage",
      `Cannot read the scenarios folder ${folder}: ${messageOf(cause)}`,
      { cause },
    );
  }
  const scenarios: Scenario[] = [];
  for (const name of [...names].sort()) {
    const file = join(folder, name);
    const scenario = checkShape(scenarioSchema, await defaultExport(file), file) as Scenario;
    checkSense(scenario, { file, config });
    scenarios.push(scenario);
  }
  return scenarios;
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (cause) {
    throw new HarnessError("usage", `Cannot load ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Scenarios whose id is, or contains, one of the filters; all without a filter. */
export function selectScenarios(
  scenarios: readonly Scenario[],
  filters: readonly string[],
): readonly Scenario[] {
  const ids = scenarios.map(({ id }) => id);
  for (const filter of filters) {
    if (!ids.some((id) => id.includes(filter))) {
      throw new HarnessError("usage", `Unknown scenario "${filter}". ${suggest(filter, ids)}`);
    }
  }
  if (filters.length === 0) return scenarios;
  return scenarios.filter(({ id }) => filters.some((filter) => id.includes(filter)));
}

export function checkVariant(variant: string | null, known: readonly string[]): void {
  if (variant === null || known.includes(variant)) return;
  throw new HarnessError("usage", `Unknown variant "${variant}". ${suggest(variant, known)}`);
}
