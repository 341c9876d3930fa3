import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { HistoryEvent } from "../../model/history.ts";
import type { RunResult } from "../../model/result.ts";
import { EXIT_CODES, worstVerdict } from "../../model/verdict.ts";
import type { StoredRun } from "../stored-run.ts";

const FOLDER = fileURLToPath(new URL("../../checker/testdata/", import.meta.url));

/** Names of the saved real runs. */
export const SAVED_RUNS = readdirSync(FOLDER);

/** A saved real run, read by the test itself: reports import no reader. */
export function savedRun(name: string): StoredRun {
  const journal = gunzipSync(readFileSync(join(FOLDER, name, "journal.ndjson.gz"))).toString();
  return {
    result: JSON.parse(readFileSync(join(FOLDER, name, "result.json"), "utf8")) as RunResult,
    events: journal
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as HistoryEvent),
    partial: null,
  };
}

/** Every kind of text that has hurt a report: markup, scripts, escapes, direction marks, NUL, length. */
export const HOSTILE = [
  `</script><script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `<!-- --> ]]> <![CDATA[`,
  `javascript:alert(1)`,
  "\u001b[31mred\u001b[0m \u0007",
  "a\u202eb\u2066c\u200f",
  "nul\u0000byte",
  "\ud800 broken",
  "line one\nline two\r\n# heading\n- item",
  "| cell | cell |\n`code` [link](http://example.com) ![i](http://example.com/i.png) @someone #12",
  "x".repeat(1_000_000),
] as const;

/**
 * The run with every occurrence of one payment's key, in events and result, replaced; so that its
 * story, its ledger rows and its findings all carry the hostile text.
 */
export function withKey(run: StoredRun, from: string, to: string): StoredRun {
  const swapped = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(from, JSON.stringify(to).slice(1, -1))) as T;
  return {
    result: swapped(run.result),
    events: run.events.map((event) =>
      JSON.stringify(event).includes(from) ? swapped(event) : event,
    ),
    partial: run.partial,
  };
}

/** Saved runs as the scenarios of one: each so many times, named by the run and its place. */
export function together(parts: readonly (readonly [string, number])[]): StoredRun {
  const runs = parts.flatMap(([name, times]) =>
    Array.from({ length: times }, (_, index) => renamed(savedRun(name), `${name}-${index + 1}`)),
  );
  const scenarios = runs.flatMap(({ result }) => result.scenarios);
  const verdict = worstVerdict(scenarios.map((scenario) => scenario.verdict));
  const [first] = runs;
  if (first === undefined) throw new Error("no runs to put together");
  return {
    result: { ...first.result, verdict, exitCode: EXIT_CODES[verdict], scenarios },
    events: runs.flatMap(({ events }) => events).map((event, seq) => ({ ...event, seq })),
    partial: null,
  };
}

function renamed({ result, events, partial }: StoredRun, id: string): StoredRun {
  return {
    result: { ...result, scenarios: result.scenarios.map((one) => ({ ...one, id })) },
    events: events.map((event) => ({ ...event, scenario: id })),
    partial,
  };
}
