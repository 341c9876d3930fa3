import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { interruption } from "./interruption.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what ends a hold interrupts nothing, and the next one does", async () => {
  using interrupted = interruption();
  const held = interrupted.hold(10_000);
  process.emit("SIGTERM");
  await held;
  expect(interrupted.signal.aborted).toBe(false);
  process.emit("SIGTERM");
  expect(interrupted.signal.aborted).toBe(true);
});

test("nothing is held for good", async () => {
  using interrupted = interruption();
  const held = interrupted.hold(10_000);
  vi.advanceTimersByTime(10_000);
  await held;
  expect(interrupted.signal.aborted).toBe(false);
});
