import { expect, test } from "vitest";
import { GUARANTEES } from "../model/guarantee.ts";
import { judgeRun } from "./judge.ts";
import { judgeControls } from "./calibrate-judge.ts";
import { checked } from "./check.ts";
import { checkers } from "./guarantees.ts";
import { mutations } from "./mutations.ts";
import { stamped, validBodies } from "./testing/history.ts";

test.each(mutations)("$id: exactly $breaks", ({ mutate, breaks }) => {
  const changed = mutate(stamped(validBodies()));
  const [result] = judgeRun(changed ?? []);
  const broken = result?.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : []));
  expect([...(broken ?? [])].sort()).toEqual([...breaks].sort());
});

test.each(mutations)("$id: nothing to change in an empty history", ({ mutate }) => {
  expect(mutate([])).toBeNull();
});

test("with every checker in place, every control of the judge is as stated", () => {
  const controls = judgeControls(stamped(validBodies()));
  expect(controls.filter(({ isAsStated }) => !isAsStated)).toEqual([]);
});

test.each(GUARANTEES)("without the body of %s the calibration is red, and names it", (id) => {
  const gutted = checkers.map((checker) =>
    checker.id === id ? { ...checker, check: () => checked([]) } : checker,
  );
  const red = judgeControls(stamped(validBodies()), gutted).filter(({ isAsStated }) => !isAsStated);
  expect(red.length).toBeGreaterThan(0);
  for (const { expected } of red) expect(expected).toContain(id);
});
