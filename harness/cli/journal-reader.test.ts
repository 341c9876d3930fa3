import { expect, test } from "vitest";
import { parseJournal } from "./journal-reader.ts";

const line = (seq: number, stream = "note"): string =>
  JSON.stringify({ seq, atMs: seq, scenario: "s", stream, text: "x" });

test("a whole journal is read", () => {
  expect(parseJournal(`${line(0)}\n${line(1)}\n`, "j").events).toHaveLength(2);
});

test("a torn last line is accepted and said", () => {
  const read = parseJournal(`${line(0)}\n{"seq":1,"at`, "j");
  expect(read).toMatchObject({ isTorn: true });
  expect(read.events).toHaveLength(1);
});

test.each([
  ["garbage in the middle", `${line(0)}\nnope\n${line(2)}\n`, /line 2: it is not JSON/],
  ["a repeated seq", `${line(1)}\n${line(1)}\n`, /line 2: seq 1 does not follow 1/],
  ["an unknown stream", `${line(0, "future")}\n`, /line 1: stream "future" is unknown/],
])("%s is located", (_, text, message) => {
  expect(() => parseJournal(text, "j")).toThrow(message);
});
