import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { judgeRun } from "../checker/judge.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import { projectText } from "../model/run-header.ts";
import type { RunResult } from "../model/result.ts";
import { EXIT_CODES, worstVerdict } from "../model/verdict.ts";
import type { StoredRun } from "../report/stored-run.ts";
import { readJournal } from "./journal-reader.ts";

interface Journal {
  readonly events: readonly HistoryEvent[];
  readonly flaw: string | null;
}

/**
 * Reads what a run left behind. A run that crashed has no result: its journal is judged as far as it
 * goes, and `partial` says so. HarnessError("usage") when there is nothing that can be told.
 */
export function readStoredRun(folder: string): StoredRun {
  const result = storedResult(folder);
  const { events, flaw } = journalOf(folder, result !== null);
  if (result === null) {
    const partial = `The run did not end in order: it left no result.json. The verdict is judged from the ${events.length} journal events that were written${flaw === null ? "" : `; ${flaw}`}.`;
    return {
      result: {
        ...resultOfJournal(folder, events),
        error: { code: "interrupted", message: partial },
      },
      events,
      partial,
    };
  }
  return { result, events, partial: flaw ?? result.error?.message ?? null };
}

function storedResult(folder: string): RunResult | null {
  const file = join(folder, "result.json");
  if (!existsSync(file)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isResult(value)) return value;
  } catch {
    // Said below: a file that cannot be parsed and one of another kind are the same to the reader.
  }
  throw new HarnessError(
    "usage",
    `${file} is no result of a gameday run of this version. \`gameday verify ${folder}\` judges the journal alone.`,
  );
}

function isResult(value: unknown): value is RunResult {
  if (typeof value !== "object" || value === null) return false;
  const { schemaVersion, runId, scenarios } = value as Record<string, unknown>;
  return schemaVersion === 1 && typeof runId === "string" && Array.isArray(scenarios);
}

/** Without a result the journal must be readable; beside one, its flaw is told and the rest shown. */
function journalOf(folder: string, hasResult: boolean): Journal {
  try {
    const { events, isTorn } = readJournal(folder);
    const flaw = isTorn ? "the last line of the journal is torn and was left out" : null;
    return { events, flaw };
  } catch (error) {
    if (!hasResult) throw error;
    return { events: [], flaw: `The journal cannot be read: ${messageOf(error)}` };
  }
}

function resultOfJournal(folder: string, events: readonly HistoryEvent[]): RunResult {
  const ended = new Set(
    events.flatMap((event) =>
      event.stream === "phase" && event.phase === "end" ? [event.scenario] : [],
    ),
  );
  // A violation that is shown stands; of the rest nothing is known.
  const scenarios = judgeRun(events).map((judged) =>
    ended.has(judged.id) || judged.verdict === "violated"
      ? judged
      : { ...judged, verdict: "interrupted" as const },
  );
  const verdict = worstVerdict([...scenarios.map((scenario) => scenario.verdict), "interrupted"]);
  const header = events.find((event) => event.stream === "header");
  const runId = basename(realpathSync(resolve(folder)));
  return {
    schemaVersion: 1,
    runId,
    startedAt: startOf(runId),
    seed: header?.seed ?? 0,
    stack: header?.stack ?? "unknown",
    gamedayVersion: "unknown",
    verdict,
    exitCode: EXIT_CODES[verdict],
    environment: header?.project === undefined ? {} : { project: projectText(header.project) },
    scenarios,
  };
}

/** A run's id begins with its start in UTC, e.g. 20261125-015857; other names say nothing. */
function startOf(runId: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(runId);
  if (parts === null) return "unknown";
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
