import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createGunzip, gunzipSync } from "node:zlib";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import { JournalParser, type ReadTo } from "./journal-parser.ts";

const CHUNK_BYTES = 2 ** 20;

export interface ReadJournal extends ReadTo {
  readonly events: readonly HistoryEvent[];
}

/** The journal of a run: the file itself, or `journal.ndjson` (or else `.gz`) in its folder. */
export function journalFile(run: string): string {
  if (existsSync(run) && statSync(run).isFile()) return run;
  const plain = join(run, "journal.ndjson");
  return !existsSync(plain) && existsSync(`${plain}.gz`) ? `${plain}.gz` : plain;
}

/**
 * Reads a whole journal into memory. CorruptJournal where it is damaged,
 * HarnessError("usage") when it cannot be read or is of a later format.
 */
export function readJournal(run: string): ReadJournal {
  const file = journalFile(run);
  const events: HistoryEvent[] = [];
  const parser = new JournalParser(file, (event) => events.push(event));
  try {
    const stored = readFileSync(file);
    parser.push(file.endsWith(".gz") ? gunzipSync(stored) : stored);
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw isDamaged(cause) ? parser.damaged(messageOf(cause)) : unreadable(file, cause);
  }
  return { events, ...parser.end() };
}

/** Reads a journal of any length, event by event, a piece at a time. Errors as with `readJournal`. */
export async function passJournal(
  run: string,
  see: (event: HistoryEvent) => void,
): Promise<ReadTo> {
  const file = journalFile(run);
  const parser = new JournalParser(file, see);
  const stored = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const source = file.endsWith(".gz") ? stored.pipe(createGunzip()) : stored;
  stored.on("error", (error) => source.destroy(error));
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      throw isDamaged(cause) ? parser.damaged(messageOf(cause)) : unreadable(file, cause);
    });
    if (next.done === true) return parser.end();
    parser.push(next.value);
  }
}

/** Errors of zlib are about what is in the file, not about reaching it. */
function isDamaged(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_");
}

function unreadable(file: string, cause: unknown): HarnessError {
  const message = `Cannot read ${file}: ${messageOf(cause)}. Name a run's folder, e.g. reports/latest.`;
  return new HarnessError("usage", message, { cause });
}
