import { expect, test } from "vitest";
import { modelCheck } from "./model-check.ts";

test("with two faults anywhere the careful protocol never violates, and every defect is caught", () => {
  const model = modelCheck();
  expect(model.careful.filter(({ notPassed }) => notPassed.length > 0)).toEqual([]);
  expect(model.variants.filter(({ exact }) => !exact)).toEqual([]);
  expect(model.isAsStated).toBe(true);
});
