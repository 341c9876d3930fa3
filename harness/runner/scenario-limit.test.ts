import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScenarioLimits } from "./scenario-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a scenario that takes longer is ended as inconclusive, with the deadline named", () => {
  const limits = new ScenarioLimits(1_500);
  using limit = limits.start("slow");
  vi.advanceTimersByTime(1_499);
  expect([limit.signal.aborted, limits.of("slow")]).toEqual([false, null]);
  vi.advanceTimersByTime(1);
  expect(limit.signal.reason).toBe(limits.of("slow"));
  expect(limits.of("slow")).toMatchObject({
    code: "inconclusive",
    message: expect.stringMatching(
      /^slow was ended at its time limit of 1\.5 s.*--timeout/,
    ) as string,
  });
});

test("each scenario has the limit to itself, and one that is over has none", () => {
  const limits = new ScenarioLimits(1_000);
  {
    using limit = limits.start("quick");
    vi.advanceTimersByTime(900);
    expect(limit.signal.aborted).toBe(false);
  }
  using limit = limits.start("next");
  vi.advanceTimersByTime(900);
  expect([limit.signal.aborted, limits.of("quick"), limits.of("next")]).toEqual([
    false,
    null,
    null,
  ]);
});

test("without a limit no scenario is ended", () => {
  const limits = new ScenarioLimits(null);
  using limit = limits.start("long");
  vi.advanceTimersByTime(2 ** 31);
  expect([limit.signal.aborted, limits.of("long")]).toEqual([false, null]);
});
