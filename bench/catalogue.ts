/** The whole catalogue on a warm machine: seconds of each scenario, of the stacks and in all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPackaged } from "../harness/cli/load.ts";
import { runAndStore } from "../harness/cli/session.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-bench-"));
const loaded = await loadPackaged();
const beganAtMs = performance.now();
const { result } = await runAndStore({
  loaded,
  scenarios: loaded.scenarios,
  variant: null,
  seed: 1,
  eviction: null,
  isArmed: true,
  output,
  isQuiet: true,
});
const totalMs = performance.now() - beganAtMs;
const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(6);
const sorted = [...result.scenarios].sort((a, b) => b.durationMs - a.durationMs);
for (const { id, verdict, durationMs, recovery } of sorted) {
  const drained =
    recovery.drainedMs === null
      ? ""
      : `, drained ${Math.round(recovery.drainedMs)} ms after the fault`;
  process.stdout.write(`${seconds(durationMs)} s  ${id} (${verdict}${drained})\n`);
}
const baseline = result.scenarios.find(({ id }) => id === "baseline")?.durationMs ?? 0;
const stacks =
  Number(result.environment["startup.totalMs"]) + Number(result.environment["startup-3.totalMs"]);
process.stdout.write(
  `${seconds(totalMs)} s in all: ${result.verdict}, ${sorted.length} scenarios; two stacks ${seconds(stacks).trim()} s; ${sorted.length} times the fault-free baseline would be ${seconds(baseline * sorted.length).trim()} s\n`,
);
rmSync(output, { recursive: true, force: true });
