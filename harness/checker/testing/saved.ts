import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { HistoryEvent } from "../../model/history.ts";

const FOLDER = fileURLToPath(new URL("../testdata/", import.meta.url));

/** Names of the saved real runs. */
export const SAVED = readdirSync(FOLDER);

/** The events of a saved real run. */
export function savedEvents(name: string): readonly HistoryEvent[] {
  return gunzipSync(readFileSync(join(FOLDER, name, "journal.ndjson.gz")))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryEvent);
}
