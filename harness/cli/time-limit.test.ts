import { expect, test, vi } from "vitest";
import { HarnessError } from "../model/errors.ts";
import { timeLimit } from "../runner/time-limit.ts";
import { durationMs, globalLimitReached } from "./time-limit.ts";

test.each([
  ["1500", 1_500],
  ["1500ms", 1_500],
  ["90s", 90_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
])("%s is %i ms", (text, ms) => {
  expect(durationMs(text, "--global-timeout")).toBe(ms);
});

test.each(["", "0", "-5", "10 d", "soon", "1e9h", "NaN"])("%j is no time", (text) => {
  expect(() => durationMs(text, "--global-timeout")).toThrow(/--global-timeout must be a time/);
});

test("aborts as inconclusive when the time is over, and not before", () => {
  vi.useFakeTimers();
  using limit = timeLimit(1_000, globalLimitReached);
  vi.advanceTimersByTime(999);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(limit.signal.reason).toBeInstanceOf(HarnessError);
  expect((limit.signal.reason as HarnessError).code).toBe("inconclusive");
  vi.useRealTimers();
});

test("without a limit nothing aborts", () => {
  using limit = timeLimit(null, globalLimitReached);
  expect(limit.signal.aborted).toBe(false);
});
