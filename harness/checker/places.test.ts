import { expect, test } from "vitest";
import { Places } from "./places.ts";

const at = (offset: number, partition = 0, topic = "t") => ({ topic, partition, offset });

test("each place keeps what was put there last, and is counted once", () => {
  const offsets = [0, 1_023, 1_024, 2 ** 31, 2 ** 31 + 1_024, 2 ** 52];
  const places = new Places<string>(offsets.map((offset) => [at(offset), `${offset}`] as const));
  places.set(at(0), "again");
  places.set(at(1, 7), "another partition");
  places.set(at(1, 0, "u"), "another topic");
  expect(offsets.map((offset) => places.get(at(offset)))).toEqual([
    "again",
    ...offsets.slice(1).map(String),
  ]);
  expect([places.get(at(1)), places.has(at(1)), places.has(at(1, 7))]).toEqual([
    undefined,
    false,
    true,
  ]);
  expect(places.size).toBe(offsets.length + 2);
});
