import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { savedRun } from "../report/testing/runs.ts";
import { history } from "./history.ts";
import { prune } from "./prune.ts";
import { failedIn, newRunId, RUN_ID, storedResults } from "./stored-results.ts";

const scratch = mkdtempSync(join(tmpdir(), "gameday-history-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let reports = "";
beforeEach(() => {
  reports = mkdtempSync(join(scratch, "reports-"));
});

function keep(name: string, result: object | null): void {
  mkdirSync(join(reports, name));
  if (result === null) writeFileSync(join(reports, name, "journal.ndjson"), "");
  else writeFileSync(join(reports, name, "result.json"), JSON.stringify(result));
}

const name = (day: number): string => `2026010${day}-000000-abcd`;
const HOUR_MS = 60 * 60 * 1000;

test("the id of a run is one, and sorts by time", () => {
  const [a, b] = [
    newRunId(new Date("2026-01-02T03:04:05Z")),
    newRunId(new Date("2026-01-02T03:04:06Z")),
  ];
  expect(a).toMatch(RUN_ID);
  expect(a).toMatch(/^20260102-030405-/);
  expect(a < b).toBe(true);
});

test("runs are read oldest first; what is no run, or has no result, is told apart", () => {
  keep(name(2), savedRun("no-lost-effects"));
  keep(name(1), savedRun("pass"));
  keep(name(3), null);
  keep(name(4), { of: "another kind" });
  mkdirSync(join(reports, "examples"));
  writeFileSync(join(reports, "calibration.json"), "{}");
  const { runs, unread } = storedResults(reports);
  expect(runs.map(({ result }) => result.verdict)).toEqual(["pass", "violated"]);
  expect(unread).toEqual([join(reports, name(3)), join(reports, name(4))]);
});

test("a folder that is not there has no runs", () => {
  expect(storedResults(join(reports, "nowhere"))).toEqual({ runs: [], unread: [] });
});

test("what did not pass, or was not run, failed", () => {
  const base = savedRun("no-lost-effects");
  const [first] = base.scenarios;
  const notRun = [{ id: "later.2", reason: "timeout" }];
  expect([...failedIn({ ...base, notRun })]).toEqual([first?.id, "later"]);
  expect(failedIn(savedRun("pass")).size).toBe(0);
});

test("the trend is printed with its counts", () => {
  keep(name(1), savedRun("pass"));
  keep(name(2), savedRun("pass"));
  const lines: string[] = [];
  const options = { filter: undefined, isJson: false, print: (line: string) => lines.push(line) };
  expect(history(reports, options)).toBe(0);
  expect(lines.join("\n")).toMatch(
    /^kill-consumer-between-commit-and-ack\n {2}\.\. +passed 2, violated 0 of 2, drained in \d+ ms/,
  );
  lines.length = 0;
  history(reports, { ...options, isJson: true });
  expect(JSON.parse(lines.join(""))).toMatchObject({ runs: 2, trends: [{ pass: 2 }] });
});

test("pruning keeps the newest, latest, and what may be going on", () => {
  for (const day of [1, 2, 4, 5]) keep(name(day), savedRun("pass"));
  keep(name(3), null);
  symlinkSync(name(1), join(reports, "latest"));
  writeFileSync(join(reports, "calibration.json"), "{}");
  mkdirSync(join(reports, "examples"));
  expect(prune(reports, { keep: 1, nowMs: Date.now() })).toEqual([name(2), name(4)]);
  expect(prune(reports, { keep: 1, nowMs: Date.now() + 2 * HOUR_MS })).toEqual([name(3)]);
  expect(existsSync(join(reports, name(1), "result.json"))).toBe(true);
  expect(existsSync(join(reports, "calibration.json"))).toBe(true);
  expect(existsSync(join(reports, "examples"))).toBe(true);
});

test.each([-1, 1.5, Number.NaN])("keep %d is refused, and nothing is removed", (many) => {
  keep(name(1), savedRun("pass"));
  expect(() => prune(reports, { keep: many, nowMs: 0 })).toThrow(/--keep/);
  expect(existsSync(join(reports, name(1)))).toBe(true);
});
