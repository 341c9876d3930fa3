import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const TAIL_BYTES_MAX = 64 * 1024;

/** Frames of a JVM's stack trace, which say where and not why: a long one hides the reason above it. */
const FRAME = /^\s+(at \S+\(.*\)|\.\.\. \d+ more)$/;

export function withoutFrames(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !FRAME.test(line));
}

/** The last lines of a file after byte `fromByte`; empty when the file does not exist yet. */
export function lastLinesOf(file: string, count: number, fromByte = 0): readonly string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return []; // Nothing was written yet: a missing log has no lines.
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(fromByte, size - TAIL_BYTES_MAX);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(descriptor, buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
