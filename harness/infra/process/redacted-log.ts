import type { ChildProcess } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";

/** A line longer than this is written in parts, but for this end of it, where a secret may be cut. */
const LINE_CHARS_MAX = 256 * 1024;
const KEPT_CHARS = 4 * 1024;

/**
 * Writes what a child says to the file, line by line, redacted. Lines are whole, so that no secret is
 * cut in two; the end of a stream ends the last one. Closes the file when both streams have ended.
 */
export function pipeRedacted(
  child: ChildProcess,
  file: number,
  redact: (text: string) => string,
): void {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  let open = streams.length;
  for (const stream of streams) {
    writeLines(stream, redact, (text) => writeSync(file, text));
    stream.once("close", () => {
      open -= 1;
      if (open === 0) closeSync(file);
    });
  }
}

/** The lines of one stream, whole and redacted; its end ends the last one. */
export function writeLines(
  stream: Readable,
  redact: (text: string) => string,
  write: (text: string) => void,
): void {
  let pending = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    pending += chunk;
    const lines = pending.lastIndexOf("\n") + 1;
    if (lines > 0) write(redact(pending.slice(0, lines)));
    pending = pending.slice(lines);
    if (pending.length <= LINE_CHARS_MAX) return;
    const clean = redact(pending);
    write(clean.slice(0, -KEPT_CHARS));
    pending = clean.slice(-KEPT_CHARS);
  });
  stream.once("end", () => {
    if (pending !== "") write(redact(pending));
    pending = "";
  });
  stream.on("error", () => {
    // The pipe broke with its process: what it said until then is written.
  });
}
