import { isExact, type CalibrationResult, type VariantCalibration } from "../model/calibration.ts";
import { renderModel } from "./calibrate-model.ts";

const mark = (isFine: boolean): string => (isFine ? "ok  " : "FAIL");

/** The table for people. */
export function renderCalibration(result: CalibrationResult): readonly string[] {
  const exact = result.variants.filter((variant) => variant.exact).length;
  return [
    ...(result.model === undefined ? [] : [...renderModel(result.model), ""]),
    carefulLine(result),
    "",
    ...result.variants.flatMap(variantLines),
    "",
    ...result.controls.map(
      ({ id, expected, got, isAsStated }) =>
        `${mark(isAsStated)} control: ${id}: ${got || "nothing found"}${isAsStated ? "" : `, expected ${expected}`}`,
    ),
    ...(result.leftOut ?? []).map(({ id, reason }) => `     left out: ${id}: ${reason}`),
    "",
    `${result.isAsStated ? "CALIBRATED" : "NOT CALIBRATED"} in ${result.seconds} s, seed ${result.seed}: ${exact} of ${result.variants.length} known-broken variants are caught exactly`,
  ];
}

function carefulLine({ careful }: CalibrationResult): string {
  if (careful === null)
    return "     careful service and controls: not asked for (a part of the variants)";
  const others = Object.entries(careful.notPassed).map(([id, verdict]) => `${id}: ${verdict}`);
  const rest = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `${mark(careful.verdict === "pass")} careful service: ${careful.scenarios} scenarios, ${careful.verdict}${rest}`;
}

function variantLines(variant: VariantCalibration): readonly string[] {
  const { id, expected, found, exact, error, unexpected } = variant;
  const pair = { variant: id, by: expected, ...(variant.also && { also: variant.also }) };
  return [
    `${mark(exact)} ${id}${error === undefined ? "" : `: could not be rehearsed: ${error}`}`,
    ...Object.entries(found).map(([scenario, guarantees]) => {
      const wanted = expected[scenario];
      const isAsWanted = wanted === undefined || isExact(pair, scenario, guarantees);
      const note = isAsWanted ? "" : `, expected ${wanted.join(", ")}`;
      const others = unexpected[scenario] ?? [];
      const stray =
        others.length === 0 ? "" : `, NOT declared anywhere for it: ${others.join(", ")}`;
      return `       ${scenario.padEnd(40)} ${guarantees.join(", ") || "nothing found"}${note}${stray}`;
    }),
  ];
}
