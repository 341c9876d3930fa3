import type { CalibrationResult } from "../model/calibration.ts";
import { modelCheck } from "../simulation/model-check.ts";

type Model = NonNullable<CalibrationResult["model"]>;

/** The protocol explored in memory: no stack, some seconds. */
export function calibrateModel(): Model {
  const startedAtMs = performance.now();
  const model = modelCheck();
  return { ...model, seconds: secondsSince(startedAtMs) };
}

/** Seconds since a moment of `performance.now()`, with one decimal. */
export function secondsSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) / 100) / 10;
}

/** The model check for people: the careful protocol, then each defect with the faults it took. */
export function renderModel(model: Model): readonly string[] {
  const mark = (isFine: boolean): string => (isFine ? "ok  " : "FAIL");
  const isCareful = model.careful.every(({ notPassed }) => notPassed.length === 0);
  const caught = model.variants.filter(({ exact }) => exact).length;
  const count = (number: number): string => number.toLocaleString("en-US");
  return [
    `${mark(model.isAsStated)} model of the protocol: ${count(model.states)} states, ${count(model.histories)} histories judged in ${model.seconds} s; the careful one ${isCareful ? "never violates" : "DOES NOT HOLD"}, ${caught} of ${model.variants.length} defects caught exactly`,
    ...model.careful.map(({ id, states, faultsMax, notPassed, title }) =>
      notPassed.length === 0
        ? `       ${id.padEnd(12)} ${count(states).padStart(8)} states, up to ${faultsMax} fault${faultsMax === 1 ? "" : "s"}: ${title}`
        : `FAIL   ${id.padEnd(12)} ${notPassed.join("; ")}: ${title}`,
    ),
    ...model.careful.flatMap(({ schedule }) => schedule.map((line) => `         ${line}`)),
    ...model.variants.flatMap(({ id, exact, found, expected, faults, schedule }) => [
      `${mark(exact)}   ${id.padEnd(38)} ${faults} fault${faults === 1 ? ", " : "s,"} ${String(schedule.length).padStart(2)} steps: ${found.join(", ") || "nothing found"}`,
      ...(exact ? [] : [`         expected ${expected.join(", ")}`]),
    ]),
  ];
}
