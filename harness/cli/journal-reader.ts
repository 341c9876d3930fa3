import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";

const STREAMS: ReadonlySet<string> = new Set<HistoryEvent["stream"]>([
  "header",
  "intent",
  "log",
  "delivery",
  "offset",
  "effect",
  "call",
  "process",
  "fault",
  "wire",
  "unread",
  "membership",
  "assumption",
  "metric",
  "phase",
  "note",
]);

export interface ReadJournal {
  readonly events: readonly HistoryEvent[];
  /** True when the last line was torn: the harness died while writing it. */
  readonly isTorn: boolean;
}

/**
 * Reads the journal of a run's folder, `journal.ndjson` or else `journal.ndjson.gz`.
 * HarnessError("usage") names the line when it is not a history.
 */
export function readJournal(folder: string): ReadJournal {
  const plain = join(folder, "journal.ndjson");
  const file = !existsSync(plain) && existsSync(`${plain}.gz`) ? `${plain}.gz` : plain;
  let text: string;
  try {
    const bytes = readFileSync(file);
    text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (cause) {
    const message = `Cannot read ${file}: ${messageOf(cause)}. Name a run's folder, e.g. reports/latest.`;
    throw new HarnessError("usage", message, { cause });
  }
  return parseJournal(text, file);
}

/** Parses NDJSON; only a last line without its newline may be torn. */
export function parseJournal(text: string, file: string): ReadJournal {
  const lines = text.split("\n");
  const tail = lines.pop() ?? "";
  const events: HistoryEvent[] = [];
  for (const [index, line] of lines.entries()) events.push(parseLine(line, index, file));
  for (const [index, event] of events.entries()) {
    const previous = events[index - 1];
    if (previous !== undefined && event.seq <= previous.seq) {
      throw corrupt(file, index, `seq ${event.seq} does not follow ${previous.seq}`);
    }
  }
  return { events, isTorn: tail !== "" };
}

function parseLine(line: string, index: number, file: string): HistoryEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw corrupt(file, index, "it is not JSON");
  }
  if (typeof value !== "object" || value === null) throw corrupt(file, index, "it is no event");
  const { seq, atMs, stream, scenario } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(seq)) throw corrupt(file, index, "seq is not an integer");
  if (typeof atMs !== "number") throw corrupt(file, index, "atMs is not a number");
  if (typeof scenario !== "string") throw corrupt(file, index, "scenario is missing");
  if (typeof stream !== "string" || !STREAMS.has(stream)) {
    throw corrupt(file, index, `stream ${JSON.stringify(stream)} is unknown to this version`);
  }
  return value as HistoryEvent;
}

function corrupt(file: string, index: number, why: string): HarnessError {
  return new HarnessError("usage", `${file}, line ${index + 1}: ${why}. Nothing was judged.`);
}
