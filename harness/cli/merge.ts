import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { StoredRun } from "../model/reporter.ts";
import { repeatsOf } from "../model/repeats.ts";
import type { NotRun, RunResult, ScenarioResult } from "../model/result.ts";
import { EXIT_CODES, worstVerdict } from "../model/verdict.ts";
import { newRunId } from "./stored-results.ts";
import { readStoredRun } from "./stored-run-reader.ts";

/** Puts shards together: one result, one journal, in a new run folder. Returns both. */
export function merge(
  folders: readonly string[],
  options: { readonly reports: string; readonly now: Date },
): { readonly folder: string; readonly result: RunResult } {
  const runs = folders.map((folder) => readStoredRun(folder));
  const { result, events } = mergedRun(runs, newRunId(options.now));
  const folder = join(options.reports, result.runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "journal.ndjson"),
    events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    { flag: "wx" },
  );
  writeFileSync(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  return { folder, result };
}

/**
 * The runs as one. Events are numbered anew, run after run, and so are the facts of findings. A shard
 * that is missing makes the whole inconclusive. HarnessError("usage") when two runs share a scenario.
 */
export function mergedRun(
  runs: readonly StoredRun[],
  runId: string,
): { readonly result: RunResult; readonly events: readonly HistoryEvent[] } {
  const [first] = runs;
  if (first === undefined) throw new HarnessError("usage", "Name the runs to merge.");
  refuseTwice(runs);
  const parts = runs.map((run, index) => renumbered(run, firstSeqOf(runs, index)));
  const results = parts.map(({ result }) => result);
  const scenarios = results.flatMap((result) => result.scenarios);
  const notRun = [...results.flatMap((result) => result.notRun ?? []), ...missingShards(results)];
  const leftOut = results.flatMap((result) => result.leftOut ?? []);
  const verdict = worstVerdict([
    ...results.map((result) => result.verdict),
    ...(notRun.length === 0 ? [] : ["inconclusive" as const]),
  ]);
  const error = results.find((result) => result.error !== undefined)?.error;
  const repeats = repeatsOf(scenarios);
  const { calibration } = first.result;
  return {
    events: parts.flatMap(({ events }) => events),
    result: {
      schemaVersion: 1,
      runId,
      startedAt: results.map((result) => result.startedAt).sort()[0] ?? "unknown",
      seed: first.result.seed,
      stack: joined(results.map((result) => result.stack)),
      gamedayVersion: joined(results.map((result) => result.gamedayVersion)),
      verdict,
      exitCode: results.some(({ exitCode }) => exitCode === EXIT_CODES.internal)
        ? EXIT_CODES.internal
        : EXIT_CODES[verdict],
      environment: mergedEnvironment(results),
      ...(calibration === undefined ? {} : { calibration }),
      scenarios,
      ...(notRun.length === 0 ? {} : { notRun }),
      ...(leftOut.length === 0 ? {} : { leftOut }),
      ...(repeats.length === 0 ? {} : { repeats }),
      mergedFrom: results.map((result) => result.runId),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function refuseTwice(runs: readonly StoredRun[]): void {
  const seen = new Map<string, string>();
  for (const { result } of runs) {
    for (const { id } of result.scenarios) {
      const other = seen.get(id);
      if (other !== undefined) {
        throw new HarnessError(
          "usage",
          `${id} is in ${other} and in ${result.runId}: these are no shards of one run. \`gameday compare\` compares two runs.`,
        );
      }
      seen.set(id, result.runId);
    }
  }
}

function firstSeqOf(runs: readonly StoredRun[], index: number): number {
  return runs.slice(0, index).reduce((sum, { events }) => sum + (events.at(-1)?.seq ?? -1) + 1, 0);
}

function renumbered({ result, events }: StoredRun, offset: number): Omit<StoredRun, "partial"> {
  const scenarios = result.scenarios.map((scenario): ScenarioResult => ({
    ...scenario,
    guarantees: scenario.guarantees.map((guarantee) => ({
      ...guarantee,
      findings: guarantee.findings.map((finding) => ({
        ...finding,
        witness: finding.witness.map((line) => ({ ...line, seq: line.seq + offset })),
      })),
    })),
  }));
  return {
    result: { ...result, scenarios },
    events: events.map((event) => ({ ...event, seq: event.seq + offset })),
  };
}

function missingShards(results: readonly RunResult[]): readonly NotRun[] {
  const shards = results.flatMap(({ shard }) => shard ?? []);
  const total = Math.max(0, ...shards.map((shard) => shard.total));
  const have = new Set(shards.map(({ index }) => index));
  return Array.from({ length: total }, (_, i) => i + 1)
    .filter((index) => !have.has(index))
    .map((index) => ({ id: `shard ${index}/${total}`, reason: "its run was not given to merge" }));
}

function mergedEnvironment(results: readonly RunResult[]): Readonly<Record<string, string>> {
  const names = new Set(results.flatMap(({ environment }) => Object.keys(environment)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      joined(results.flatMap(({ environment }) => environment[name] ?? [])),
    ]),
  );
}

function joined(values: readonly string[]): string {
  return [...new Set(values)].join(" | ");
}
