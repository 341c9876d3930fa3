import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CalibrationResult } from "../model/calibration.ts";
import type { CalibrationCitation } from "../model/result.ts";

const NAME = "calibration.json";

/** Keeps a calibration beside the runs that may cite it. */
export function storeCalibration(reports: string, result: CalibrationResult): void {
  mkdirSync(reports, { recursive: true });
  const draft = join(reports, `${NAME}.tmp`);
  writeFileSync(draft, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(draft, join(reports, NAME));
}

/** What a run in this folder may say of its instrument; null when it was never calibrated. */
export function citedCalibration(reports: string): CalibrationCitation | null {
  try {
    const stored = JSON.parse(readFileSync(join(reports, NAME), "utf8")) as CalibrationResult;
    return {
      gamedayVersion: stored.gamedayVersion,
      startedAt: stored.startedAt,
      isAsStated: stored.isAsStated,
      variants: stored.variants.filter(({ exact }) => exact).map(({ id }) => id),
    };
  } catch {
    return null; // None there, or none that can be read: nothing is cited.
  }
}
