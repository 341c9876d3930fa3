import { createHash } from "node:crypto";
import type { CalibrationCitation } from "../../model/result.ts";
import { EDITS_FILE } from "../edits.ts";
import { count } from "../numbers.ts";
import type { StoredRun } from "../stored-run.ts";
import { chip, code, el, list, table, type Child } from "./el.ts";

/** Which known-broken variants this instrument was seen to catch; flagged if it was another version. */
export function calibration(
  { variants, startedAt, gamedayVersion, isAsStated }: CalibrationCitation,
  runVersion: string,
): readonly Child[] {
  return [
    el(
      "p",
      null,
      isAsStated ? chip("good", "as stated") : chip("bad", "not as stated"),
      ` Calibrated ${startedAt.slice(0, 10)} with gameday ${gamedayVersion}: ${count(variants.length)} known-broken variants were caught with exactly the expected findings.`,
    ),
    gamedayVersion === runVersion
      ? null
      : el(
          "p",
          null,
          chip("bad", "another version"),
          ` This run is by gameday ${runVersion}, which was not calibrated here: gameday calibrate.`,
        ),
    el(
      "details",
      null,
      el("summary", null, "Which ones"),
      list(variants.map((name) => code(name))),
    ),
  ];
}

/** What the report was made of, so that it can be checked. */
export function appendix({ result, events, partial }: StoredRun): readonly Child[] {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  return [
    list([
      el(
        "span",
        null,
        code("journal.ndjson"),
        ": every event this report rests on, one per line",
        events.length === 0 ? " (not found)" : `, ${count(events.length)} events`,
      ),
      ...(events.length === 0 || partial !== null
        ? []
        : [el("span", null, "SHA-256 of the journal: ", code(journalDigest(events)))]),
      el(
        "span",
        null,
        code("result.json"),
        ": the verdict for machines; ",
        code(`gameday verify <run>`),
        " judges the journal again and must agree",
      ),
      el("span", null, code("logs/"), ": output of each instance and server"),
      el("span", null, code(EDITS_FILE), ": what people add to this report"),
    ]),
    el("h4", null, "Reproduce"),
    list(result.scenarios.map(({ reproduce }) => code(reproduce))),
    events.length === 0
      ? null
      : el(
          "details",
          null,
          el("summary", null, "Events by stream"),
          table(
            { caption: "Events by stream", columns: ["Stream", "Events"], numeric: [1] },
            [...streams]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, list]) => [name, count(list.length)]),
          ),
        ),
  ];
}

/** Of the file as the harness wrote it: one JSON document a line. `sha256sum journal.ndjson` says the same. */
export function journalDigest(events: StoredRun["events"]): string {
  const hash = createHash("sha256");
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`);
  return hash.digest("hex");
}
