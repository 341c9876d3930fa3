/**
 * The same scenarios with the same seeds on `local` and on `docker`: verdicts, guarantees and outcomes
 * must be equal. `node bench/stacks.ts [--variant NAME] [scenario…]`, all scenarios when none is named;
 * exit 1 when anything differs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadPackaged, selectScenarios } from "../harness/cli/load.ts";
import { runAndStore, stackFor } from "../harness/cli/session.ts";
import { splitAvailable } from "../harness/cli/sense.ts";
import { differencesOf } from "../harness/cli/compare-results.ts";
import type { RunResult } from "../harness/model/result.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { variant: { type: "string" }, seed: { type: "string", default: "1" } },
});
const loaded = await loadPackaged();
const stacks = {
  local: await stackFor("local", loaded, say),
  docker: await stackFor("docker", loaded, say),
};
const { available: scenarios, leftOut } = splitAvailable(
  selectScenarios(loaded.scenarios, positionals),
  stacks.docker.abilities,
  { isNamed: positionals.length > 0 },
);
for (const { id, reason } of leftOut) say(`left out: ${id}: ${reason}`);
const output = mkdtempSync(join(tmpdir(), "gameday-stacks-"));

async function rehearse(name: "local" | "docker"): Promise<RunResult> {
  const beganAtMs = performance.now();
  const { result } = await runAndStore({
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
  if (result.error !== undefined) say(result.error.message);
  return result;
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
