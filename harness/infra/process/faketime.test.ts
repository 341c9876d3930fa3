import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFaketime, noClockStep, offsetText, writeOffset } from "./faketime.ts";

test.each([
  [0, "+0"],
  [2_592_000_000, "+2592000"],
  [-5_250, "-5.25"],
])("a step of %i ms is %s to the library", (stepMs, text) => {
  expect(offsetText(stepMs)).toBe(text);
});

test("the file holds the last step and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-clock-"));
  const file = join(folder, "clock");
  writeOffset(file, 86_400_000);
  writeOffset(file, 0);
  expect(readFileSync(file, "utf8")).toBe("+0\n");
  rmSync(folder, { recursive: true });
});

test.each([
  ["linux", null, /libfaketimeMT\.so\.1.*apt-get install libfaketime$/],
  ["darwin", "/lib/x", /on Linux only, not on darwin/],
])("on %s with library %s no clock is stepped, and why is said", (platform, library, reason) => {
  expect(noClockStep(platform, library)).toMatch(reason);
});

test("where the library is, clocks can be stepped", () => {
  const found = findFaketime((path) => path === "/usr/lib64/faketime/libfaketimeMT.so.1");
  expect(noClockStep("linux", found)).toBeNull();
  expect(findFaketime(() => false)).toBeNull();
});
