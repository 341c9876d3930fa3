import { expect, test } from "vitest";
import { stamped, validBodies } from "../checker/testing/history.ts";
import { emptyTally, isLive, statusLine, tallied } from "./live-view.ts";

const tallyOf = (count: number) =>
  stamped(validBodies())
    .slice(0, count)
    .reduce(tallied, { ...emptyTally, phase: "steady" });

test("the status line counts what the history says", () => {
  const tally = { ...tallyOf(Infinity), phase: "drain" as const };
  expect(statusLine([tally], 1234, 200)).toBe(
    "1.2 s | test: drain | produced 3/3 | processed 3 | redelivered 1",
  );
});

test("a fault that fired is shown until its heal is verified", () => {
  const upToFired = stamped(validBodies()).findIndex((event) => event.stream === "fault") + 1;
  const tally = { ...tallyOf(upToFired), phase: "steady" as const };
  expect(statusLine([tally], 0, 200)).toMatch(/fault kill$/);
});

test("the line never exceeds the terminal", () => {
  expect(statusLine([{ ...tallyOf(Infinity), phase: "drain" }], 0, 60).length).toBeLessThan(60);
});

test("nothing is redrawn on a pipe, in CI or on a dumb terminal", () => {
  expect(isLive({ isTTY: true }, {})).toBe(true);
  expect(isLive({}, {})).toBe(false);
  expect(isLive({ isTTY: true }, { CI: "true" })).toBe(false);
  expect(isLive({ isTTY: true }, { TERM: "dumb" })).toBe(false);
});

test("scenarios side by side are told in short", () => {
  const tally = { ...tallyOf(Infinity), phase: "drain" as const };
  expect(statusLine([tally, { ...tally, scenario: "other", fault: "kill" }], 0, 200)).toBe(
    "0.0 s | test: drain 3/3 | other: kill 3/3",
  );
  expect(statusLine([], 0, 200)).toBe("0.0 s | starting servers");
});
