/** Keeps the last calibration of reports/ (or of the folder given) as scenarios/calibration.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CalibrationResult } from "../harness/index.ts";
import { storedCalibrationOf } from "../scenarios/stored-calibration.ts";

const [reports = "reports"] = process.argv.slice(2);
const text = readFileSync(join(reports, "calibration.json"), "utf8");
const stored = storedCalibrationOf(JSON.parse(text) as CalibrationResult);
const file = new URL("../scenarios/calibration.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(stored, null, 2)}\n`);
process.stdout.write(
  `${stored.pairs.length} pairs of ${stored.date} in scenarios/calibration.json\n`,
);
