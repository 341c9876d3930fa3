/**
 * The same scenarios with the same seeds on `local` and on `docker`: verdicts, guarantees and outcomes
 * must be equal. `node bench/stacks.ts [--variant NAME] [--each-fault] [scenario…]`, all scenarios when none
 * is named, with --each-fault the first that has a kind of fault, for each kind;
 * exit 1 when anything differs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readJournal } from "../harness/cli/journal-reader.ts";
import { loadPackaged, selectScenarios } from "../harness/cli/load.ts";
import { runAndStore, stackFor } from "../harness/cli/session.ts";
import { splitAvailable } from "../harness/cli/sense.ts";
import { differencesOf } from "../harness/cli/compare-results.ts";
import type { RunResult } from "../harness/model/result.ts";
import type { Scenario } from "../harness/model/scenario.ts";
import { phasesOf } from "./phases.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    variant: { type: "string" },
    "each-fault": { type: "boolean" },
    seed: { type: "string", default: "1" },
  },
});
const loaded = await loadPackaged();
const stacks = {
  local: await stackFor("local", loaded, say),
  docker: await stackFor("docker", loaded, say),
};
const { available, leftOut } = splitAvailable(
  selectScenarios(loaded.scenarios, positionals),
  stacks.docker.abilities,
  { isNamed: positionals.length > 0 },
);
const scenarios = values["each-fault"] === true ? firstOfEachFault(available) : available;
for (const { id, reason } of leftOut) say(`left out: ${id}: ${reason}`);
const output = mkdtempSync(join(tmpdir(), "gameday-stacks-"));

async function rehearse(name: "local" | "docker"): Promise<RunResult> {
  const beganAtMs = performance.now();
  const { result, folder } = await runAndStore({
    loaded,
    scenarios,
    stack: stacks[name],
    variant: values.variant ?? null,
    seed: Number(values.seed),
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
    workers: 1,
  });
  const seconds = ((performance.now() - beganAtMs) / 1000).toFixed(1);
  const startup = Object.entries(result.environment)
    .filter(([key]) => key.startsWith("startup"))
    .map(([key, ms]) => `${key.replace(/Ms$/, "")} ${(Number(ms) / 1000).toFixed(1)} s`);
  say(`${name}: ${result.verdict} in ${seconds} s; ${startup.join(", ")}`);
  say(`${name}: mean seconds of a scenario: ${meanPhases(result, folder)}`);
  if (result.error !== undefined) say(result.error.message);
  return result;
}

function firstOfEachFault(all: readonly Scenario[]): readonly Scenario[] {
  const seen = new Set<string>();
  return all.filter(({ faults }) => {
    const isNew = faults.some(({ fault }) => !seen.has(fault));
    for (const { fault } of faults) seen.add(fault);
    return isNew;
  });
}

/** Of each phase, over all the scenarios of the run. */
function meanPhases({ scenarios: judged }: RunResult, folder: string): string {
  const { events } = readJournal(folder);
  const sums = new Map<string, number>();
  for (const { id } of judged) {
    for (const [phase, ms] of phasesOf(events, id)) sums.set(phase, (sums.get(phase) ?? 0) + ms);
  }
  return [...sums]
    .map(([phase, ms]) => `${phase} ${(ms / judged.length / 1000).toFixed(2)}`)
    .join(", ");
}

const local = await rehearse("local");
const docker = await rehearse("docker");
rmSync(output, { recursive: true, force: true });
for (const { id, verdict, durationMs } of local.scenarios) {
  const other = docker.scenarios.find((scenario) => scenario.id === id);
  const times = [durationMs, other?.durationMs ?? 0].map((ms) => `${(ms / 1000).toFixed(1)} s`);
  const ratio = ((other?.durationMs ?? 0) / durationMs).toFixed(2);
  say(
    `${id.padEnd(42)} ${verdict} / ${other?.verdict ?? "not run"}  ${times.join(" / ")}  ×${ratio}`,
  );
}
const differences = differencesOf(local, docker);
for (const line of differences) say(`differs: ${line}`);
say(`${local.scenarios.length} scenarios, ${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
