import { expect, test } from "vitest";
import { stamped, validBodies } from "../checker/testing/history.ts";
import { asEnded } from "./standing.ts";
import { StopAfter } from "./stop-after.ts";

const passing = stamped(validBodies());
/** The same history without what was written: everything is lost. */
const losing = passing.filter(({ stream }) => stream !== "effect");

test("a scenario that passed does not count, one that did not does", () => {
  const stop = new StopAfter(2);
  stop.note(passing, false);
  stop.note(losing, false);
  expect(stop.isReached()).toBe(false);
  stop.note(losing, false);
  expect(stop.isReached()).toBe(true);
  expect(stop.text()).toBe("2 that did not pass (--max-failures 2)");
});

test("a scenario that left no history did not pass", () => {
  const stop = new StopAfter(1);
  stop.note([], false);
  expect(stop.isReached()).toBe(true);
});

test("without a limit nothing stops", () => {
  const stop = new StopAfter(null);
  stop.note(losing, false);
  expect(stop.isReached()).toBe(false);
});

test("a scenario that was cut short did not pass, whatever it showed", () => {
  const stop = new StopAfter(1);
  stop.note(passing, true);
  expect(stop.isReached()).toBe(true);
});

test("a scenario is the last one before it is noted, when it will have been one too many", () => {
  const stop = new StopAfter(2);
  expect(stop.isReachedWith(losing)).toBe(false);
  stop.note(losing, false);
  expect([stop.isReachedWith(passing), stop.isReachedWith(losing)]).toEqual([false, true]);
  expect(new StopAfter(null).isReachedWith(losing)).toBe(false);
});

test("a history that is judged before its end counts as ended, and an empty one as nothing", () => {
  const unended = passing.filter((event) => event.stream !== "phase" || event.phase !== "end");
  const stop = new StopAfter(1);
  expect([stop.isReachedWith(unended), stop.isReachedWith(asEnded(unended))]).toEqual([
    true,
    false,
  ]);
  expect(asEnded([])).toEqual([]);
});
