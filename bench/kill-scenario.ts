/**
 * Warm cache: seconds for the stack, the kill scenario and the whole run, five times. The baseline
 * beside it is the same run without a fault.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJournal } from "../harness/cli/journal-reader.ts";
import { loadPackaged } from "../harness/cli/load.ts";
import { runAndStore } from "../harness/cli/session.ts";
import { phasesOf } from "./phases.ts";

const ROUNDS = 5;
const output = mkdtempSync(join(tmpdir(), "gameday-bench-"));
const loaded = await loadPackaged();
const wanted = ["baseline", "kill-consumer-between-commit-and-ack"];
const scenarios = loaded.scenarios.filter(({ id }) => wanted.includes(id));

for (let round = 1; round <= ROUNDS; round += 1) {
  const beganAtMs = performance.now();
  const { result, folder } = await runAndStore({
    loaded,
    scenarios,
    variant: null,
    seed: round,
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
  });
  const totalMs = performance.now() - beganAtMs;
  const journalBytes = readFileSync(join(folder, "journal.ndjson")).length;
  const [baseline, kill] = result.scenarios;
  const seconds = (ms: number | undefined): string => ((ms ?? 0) / 1000).toFixed(2);
  process.stdout.write(
    `round ${round}: ${result.verdict}, stack ${seconds(Number(result.environment["startup.totalMs"]))} s, baseline ${seconds(baseline?.durationMs)} s, kill ${seconds(kill?.durationMs)} s, total ${seconds(totalMs)} s, kill to redelivered ${killToRedelivered(folder)} ms, fault to drained ${Math.round(kill?.recovery.drainedMs ?? 0)} ms, journal ${journalBytes} bytes\n  where the time goes (ms): ${startup(result.environment)}; kill scenario: ${phases(folder, "kill-consumer-between-commit-and-ack")}\n`,
  );
}

/** From the victim's exit to the delivery of its record to the other instance (harness eviction). */
function killToRedelivered(folder: string): string {
  const events = readJournal(folder).events;
  const exited = events.findIndex(
    (event) => event.stream === "process" && event.kind === "exited" && event.signal === "SIGKILL",
  );
  const again = events
    .slice(exited)
    .find((event) => event.stream === "delivery" && event.attempt > 1);
  const from = events[exited]?.atMs;
  return from === undefined || again === undefined ? "?" : (again.atMs - from).toFixed(0);
}

function startup(environment: Readonly<Record<string, string>>): string {
  return ["kafka", "postgres", "toxiproxy"]
    .map((part) => `${part} ${environment[`startup.${part}Ms`]}`)
    .join(", ");
}

function phases(folder: string, scenario: string): string {
  return [...phasesOf(readJournal(folder).events, scenario)]
    .map(([phase, ms]) => `${phase} ${Math.round(ms)}`)
    .join(", ");
}
rmSync(output, { recursive: true, force: true });
