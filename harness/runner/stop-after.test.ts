import { expect, test } from "vitest";
import { stamped, validBodies } from "../checker/testing/history.ts";
import { StopAfter } from "./stop-after.ts";

const passing = stamped(validBodies());
/** The same history without what was written: everything is lost. */
const losing = passing.filter(({ stream }) => stream !== "effect");

test("a scenario that passed does not count, one that did not does", () => {
  const stop = new StopAfter(2);
  stop.note(passing);
  stop.note(losing);
  expect(stop.isReached()).toBe(false);
  stop.note(losing);
  expect(stop.isReached()).toBe(true);
  expect(stop.text()).toBe("2 that did not pass (--max-failures 2)");
});

test("a scenario that left no history did not pass", () => {
  const stop = new StopAfter(1);
  stop.note([]);
  expect(stop.isReached()).toBe(true);
});

test("without a limit nothing stops", () => {
  const stop = new StopAfter(null);
  stop.note(losing);
  expect(stop.isReached()).toBe(false);
});
