import { expect, test } from "vitest";
import { withoutFrames } from "./log-tail.ts";

test("a JVM's stack trace is told by its exceptions, not by its frames", () => {
  expect(
    withoutFrames([
      "ERROR Encountered fatal fault (ProcessTerminatingFaultHandler)",
      "java.io.IOException: File too large",
      "\tat java.base/java.io.RandomAccessFile.setLength0(Native Method)",
      "Caused by: java.lang.IllegalStateException: at the end",
      "\t... 12 more",
      "  at start: listening",
    ]),
  ).toEqual([
    "ERROR Encountered fatal fault (ProcessTerminatingFaultHandler)",
    "java.io.IOException: File too large",
    "Caused by: java.lang.IllegalStateException: at the end",
    "  at start: listening",
  ]);
});
