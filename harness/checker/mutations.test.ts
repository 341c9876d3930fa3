import { expect, test } from "vitest";
import { GUARANTEES } from "../model/guarantee.ts";
import { judgeRun } from "./judge.ts";
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

test.each(GUARANTEES)(
  "%s has a mutation, so that its checker cannot lose its body unseen",
  (id) => {
    expect(mutations.some(({ breaks }) => breaks.includes(id))).toBe(true);
  },
);
