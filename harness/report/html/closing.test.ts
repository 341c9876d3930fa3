import { expect, test } from "vitest";
import { limitsOf } from "../facts/limits.ts";
import { savedRun } from "../testing/saved-runs.ts";
import { renderHtml } from "./page.ts";

const run = savedRun("no-duplicate-effects");
const citing = (gamedayVersion: string): typeof run => ({
  ...run,
  result: {
    ...run.result,
    gamedayVersion: "0.2.0",
    calibration: {
      gamedayVersion,
      startedAt: "2026-11-24T12:00:00.000Z",
      isAsStated: true,
      variants: ["no-dedup", "ack-before-commit"],
    },
  },
});
const ANOTHER = /is by gameday 0\.2\.0, which was not calibrated here/;

test("a page cites its calibration with the variants that were caught", () => {
  const html = renderHtml(citing("0.2.0"));
  expect(/2 known-broken variants were caught/.test(html)).toBe(true);
  expect(/<code>no-dedup<\/code>/.test(html)).toBe(true);
  expect(ANOTHER.test(html)).toBe(false);
});

test("a calibration by another version than the run's is flagged, in every format", () => {
  expect(ANOTHER.test(renderHtml(citing("0.1.0")))).toBe(true);
  const flagged = (version: string): boolean =>
    limitsOf(citing(version), []).some((limit) => limit.includes("is of gameday 0.1.0"));
  expect([flagged("0.1.0"), flagged("0.2.0")]).toEqual([true, false]);
});
