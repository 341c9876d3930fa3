import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";
import { manyScenarios, savedRun } from "../report/testing/runs.ts";
import { earlierRun } from "./earlier-run.ts";

const one = manyScenarios(savedRun("pass"), 1);
const two = manyScenarios(savedRun("pass"), 2);
const brokenTwin = manyScenarios(savedRun("no-duplicate-effects"), 1);
const other: RunResult = { ...one, scenarios: one.scenarios.map((s) => ({ ...s, id: "other" })) };
const away: RunResult = {
  ...one,
  scenarios: one.scenarios.map((s) => ({ ...s, verdict: "environment" })),
};

let reports = "";
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), "gameday-earlier-"));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

/** The folder of a run of that day of January. */
function kept(day: number, result: RunResult | null): string {
  const runId = `2026010${day}-000000-aaaa`;
  mkdirSync(join(reports, runId));
  const text = JSON.stringify({ ...result, runId });
  if (result !== null) writeFileSync(join(reports, runId, "result.json"), text);
  return join(reports, runId);
}

const dayOf = (run: RunResult | null): string | undefined => run?.runId.slice(7, 8);

test.each([
  ["nothing before it", [], undefined],
  ["the newest before it", [one, one], "2"],
  ["never a later one", [one, null, null, null, null, one], "1"],
  ["never one without a result", [one, null], "1"],
  ["never one of other scenarios", [other], undefined],
  ["never one that could not be rehearsed", [one, away], "1"],
  ["rather the same variant than another", [one, brokenTwin], "1"],
  ["another variant rather than nothing", [brokenTwin], "1"],
])("compares with %s", (_, before, day) => {
  before.forEach((result, index) => kept(index < 4 ? index + 1 : index + 2, result));
  expect(dayOf(earlierRun(kept(5, one), one))).toBe(day);
});

test("rather all of the scenarios than some, and only what both rehearsed", () => {
  kept(1, two);
  kept(2, one);
  expect(dayOf(earlierRun(kept(5, two), two))).toBe("1");
  expect(earlierRun(kept(6, one), one)?.scenarios).toHaveLength(1);
});

test("a run that lies apart from the history has none", () => {
  kept(1, one);
  mkdirSync(join(reports, "example"));
  expect(earlierRun(join(reports, "example"), one)).toBeNull();
  expect(earlierRun(join(reports, "no-such-run"), one)).toBeNull();
});
