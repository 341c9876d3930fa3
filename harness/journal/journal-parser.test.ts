import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryEvent } from "../model/history.ts";
import { CorruptJournal, JournalParser, type ReadTo } from "./journal-parser.ts";

const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));
const journals = readdirSync(testdata).map(
  (name) =>
    [name, gunzipSync(readFileSync(`${testdata}${name}/journal.ndjson.gz`)).toString()] as const,
);

interface Read extends ReadTo {
  readonly events: readonly HistoryEvent[];
}

function read(text: string | Buffer, chunkBytes = Infinity): Read {
  const events: HistoryEvent[] = [];
  const parser = new JournalParser("j", (event) => events.push(event));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    parser.push(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
  }
  return { events, ...parser.end() };
}

const plain = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => JSON.parse(each) as unknown);

const line = (seq: number, stream = "note", more: object = { text: "x" }): string =>
  `${JSON.stringify({ seq, atMs: seq, scenario: "s", stream, ...more })}\n`;

test.each(journals)("%s is read as JSON.parse reads it", (_, text) => {
  expect(read(text).events).toEqual(plain(text));
});

test("where the pieces of a file are cut changes nothing", () => {
  const [, text] = journals[0] ?? ["", ""];
  const some = text.split("\n").slice(0, 60).join("\n");
  const whole = read(some);
  for (const size of [1, 7, 64, 1_000]) expect(read(some, size)).toEqual(whole);
});

const lines = journals.flatMap(([, text]) => text.split("\n").slice(0, -1));

test("one byte changed is either still JSON, and read as JSON, or said with its line and byte", () => {
  const changes = fc.record({
    at: fc.nat({ max: lines.length - 1 }),
    where: fc.double({ min: 0, max: 0.999, noNaN: true }),
    byte: fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[],:.-+eE019 \n')), fc.nat({ max: 255 })),
  });
  fc.assert(
    fc.property(changes, ({ at, where, byte }) => {
      const bytes = Buffer.from(`${lines[at]}\n`);
      bytes[Math.floor(where * (bytes.length - 1))] = byte;
      let found: Read;
      try {
        found = read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptJournal);
        return;
      }
      expect(found.events).toEqual(plain(bytes.toString("utf8")));
    }),
    { numRuns: 300 },
  );
});

test("a torn last line is said, and what is before it is read", () => {
  const found = read(`${line(0)}{"seq":1,"at`);
  expect(found).toMatchObject({ isTorn: true, lines: 1 });
  expect(found.events).toHaveLength(1);
});

test.each<[string, string, RegExp]>([
  ["garbage in the middle", `${line(0)}nope\n${line(2)}`, /line 2 \(byte 61\): it is not JSON/],
  ["an empty line", `${line(0)}\n${line(2)}`, /line 2 \(byte 61\): it is not JSON/],
  ["a number", "7\n", /line 1 \(byte 0\): it is no event/],
  ["no seq", "{}\n", /seq is missing/],
  ["a repeated seq", line(1) + line(1), /line 2 \(byte 61\): seq 1 does not follow 1/],
  ["seqs that go back", line(5) + line(4), /seq 4 does not follow 5/],
  ["an unknown stream", line(0, "future"), /stream "future" is unknown/],
  ["a stream that is a method of objects", line(0, "toString"), /stream "toString" is unknown/],
  ["a missing field", line(0, "phase", {}), /phase: phase is missing/],
  ["a word that is none of the words", line(0, "phase", { phase: "tea" }), /"tea" is unknown/],
  [
    "a position that is none",
    line(0, "delivery", { instance: "i", position: { topic: "t" }, key: null, attempt: 1 }),
    /delivery: position\.partition is missing/,
  ],
])("%s is located, and nothing is judged", (_, text, message) => {
  expect(() => read(text)).toThrow(message);
  expect(() => read(text)).toThrow(CorruptJournal);
});

const wire = (key: string): string =>
  line(1, "wire", {
    boundary: "kafka.produce.requested",
    instance: "i",
    keys: [key],
    action: "passed",
    tag: null,
  });

test.each([
  ["quotes and backslashes", '"}]\\'],
  ["a newline and other controls", "a\n\u0000\u001b[31m"],
  ["other scripts", "платёж-🦊"],
  ["a half of a pair", "\ud83e"],
  ["names that objects have already", "__proto__"],
  ["the end of an event", '","tag":"COMMIT"}'],
])("%s in a key are data", (_, key) => {
  const [event] = read(wire(key)).events;
  expect(event).toEqual(plain(wire(key))[0]);
});

test("a line of 5 MB is a line", () => {
  const key = "k".repeat(5 * 2 ** 20);
  const found = read(line(0) + wire(key) + line(2), 2 ** 20);
  expect(found.lines).toBe(3);
  expect(found.events[1]).toMatchObject({ keys: [key] });
});

test("a line without an end is not read for ever", () => {
  const parser = new JournalParser("j", () => undefined);
  const piece = Buffer.alloc(16 * 2 ** 20, "x");
  expect(() => {
    for (let pieces = 0; pieces < 5; pieces += 1) parser.push(piece);
  }).toThrow(/line 1 \(byte 0\): it is longer than 64 MiB/);
});

test.each([[2], [7]])("format %d says what to do", (formatVersion) => {
  const header = line(0, "header", { formatVersion, somethingNew: true });
  expect(() => read(header)).toThrow(/history format \d; this gameday reads up to 1\. Install/);
  expect(() => read(header)).not.toThrow(CorruptJournal);
});

test("a header without a version is of the first", () => {
  const [, text] = journals[0] ?? ["", ""];
  expect(read(text.replace('"formatVersion":1,', "")).events).toHaveLength(plain(text).length);
});
