import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { judgeRun } from "../checker/judge.ts";
import type { StoredRun } from "../model/reporter.ts";
import type { Shard } from "../model/result.ts";
import { fileURLToPath } from "node:url";
import { mergedRun } from "./merge.ts";
import { readStoredRun } from "./stored-run-reader.ts";
import { differencesOf } from "./verify.ts";

const read = (name: string): StoredRun =>
  readStoredRun(fileURLToPath(new URL(`../checker/testdata/${name}`, import.meta.url)));
const sharded = (run: StoredRun, shard: Shard): StoredRun => ({
  ...run,
  result: { ...run.result, shard },
});

/** Two shards of one run: different scenarios. */
const first = sharded(read("no-duplicate-effects"), { index: 1, total: 2 });
const second = sharded(read("no-lost-effects"), { index: 2, total: 2 });

test("merged shards are one run that is judged alike from its journal", () => {
  const { result, events } = mergedRun([first, second], "merged");
  expect(events.every((event, index) => event.seq > (events[index - 1]?.seq ?? -1))).toBe(true);
  expect(differencesOf(result.scenarios, judgeRun(events))).toEqual([]);
  expect(result).toMatchObject({ verdict: "violated", exitCode: 1, runId: "merged" });
  expect(result.mergedFrom).toEqual([first.result.runId, second.result.runId]);
  expect(result.notRun).toBeUndefined();
});

test("facts of findings point at the events of the merged journal", () => {
  const { result, events } = mergedRun([first, second], "merged");
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const last = result.scenarios.at(-1);
  const lines =
    last?.guarantees.flatMap(({ findings }) => findings.flatMap((f) => f.witness)) ?? [];
  expect(lines.length).toBeGreaterThan(0);
  for (const { seq, atMs } of lines) expect(bySeq.get(seq)?.atMs).toBe(atMs);
});

test("what a shard left out stays left out, and a pass stays one", () => {
  const only = sharded(read("pass"), { index: 1, total: 1 });
  const leftOut = [{ id: "clock", reason: "no library" }];
  const { result } = mergedRun([{ ...only, result: { ...only.result, leftOut } }], "merged");
  expect(result).toMatchObject({ verdict: "pass", leftOut });
});

test("a shard that is missing makes a passing run inconclusive", () => {
  const only = sharded(read("pass"), { index: 1, total: 3 });
  const { result } = mergedRun([only], "merged");
  expect(result).toMatchObject({ verdict: "inconclusive", exitCode: 2 });
  expect(result.notRun?.map(({ id }) => id)).toEqual(["shard 2/3", "shard 3/3"]);
});

test("the same scenario twice is no pair of shards", () => {
  expect(() => mergedRun([first, first], "merged")).toThrow(/no shards of one run/);
});

test("a merged, repeated, stopped and sharded result keeps to the schema", () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL("../report/result.schema.json", import.meta.url), "utf8"),
  );
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);
  const { result } = mergedRun([first, second], "merged");
  validate({
    ...result,
    shard: { index: 1, total: 2 },
    notRun: [{ id: "a", reason: "b" }],
    leftOut: [{ id: "c", reason: "d" }],
    repeats: [{ id: "a", runs: 3, pass: 1, violated: 1, other: 1 }],
  });
  expect(validate.errors).toBeNull();
  expect(validate({ ...result, notRun: [{ id: "a" }] })).toBe(false);
});
