import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CalibrationResult } from "../model/calibration.ts";
import { citedCalibration, storeCalibration } from "./calibration-store.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-calibration-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const variant = { expected: {}, caughtBy: [], found: {}, unexpected: {} };
const result: CalibrationResult = {
  schemaVersion: 1,
  gamedayVersion: "0.1.0",
  startedAt: "2026-11-24T12:00:00.000Z",
  seed: 1,
  seconds: 1,
  variants: [
    { ...variant, id: "a", exact: true },
    { ...variant, id: "b", exact: false },
  ],
  careful: { verdict: "pass", scenarios: 1, notPassed: {} },
  controls: [],
  isAsStated: false,
};

test("a run cites what was calibrated in its folder: version, date, variants caught exactly", () => {
  expect(citedCalibration(folder)).toBeNull();
  storeCalibration(folder, result);
  expect(citedCalibration(folder)).toEqual({
    gamedayVersion: "0.1.0",
    startedAt: "2026-11-24T12:00:00.000Z",
    isAsStated: false,
    variants: ["a"],
  });
});

test("a calibration that cannot be read is not cited", () => {
  writeFileSync(join(folder, "calibration.json"), "{");
  expect(citedCalibration(folder)).toBeNull();
});
